#!/bin/sh
# Writes what build systems ask for: pkg-config and CMake files in stock's names, and evglass.pc.
#
#   make-packages.sh LIBRARIES INCLUDE    LIBRARIES: the directory with the libraries
#                                         INCLUDE: the headers, as seen from LIBRARIES/pkgconfig
here=$(dirname "$0")
libraries=$1
include=$2
mkdir -p "$libraries/pkgconfig" "$libraries/cmake" || exit 1

pc() { # pc NAME LIBS REQUIRES TEXT
    sed -e "s|@NAME@|$1|" -e "s|@LIBS@|$2|" -e "s|@REQUIRES@|$3|" -e "s|@TEXT@|$4|" \
        -e "s|@INCLUDE@|$include|" "$here/library.pc.in" >"$libraries/pkgconfig/$1.pc"
}

pc libevent -levent_core '' 'the event loop, buffers and bufferevents, of evglass'
pc libevent_core -levent_core '' 'the event loop, buffers and bufferevents, of evglass'
pc libevent_extra -levent_extra libevent_core 'DNS, of evglass'
pc libevent_pthreads -levent_pthreads libevent_core 'locks for libevent_core made of pthreads, of evglass'
pc libevent_openssl -levent_openssl libevent_core 'bufferevents that speak TLS, of evglass'
pc evglass '-levent_core -levent_pthreads' '' 'an event loop that can be watched, with the API of libevent'
sed "s|@INCLUDE@|$include|" "$here/LibeventConfig.cmake.in" >"$libraries/cmake/LibeventConfig.cmake"
cat >"$libraries/cmake/LibeventConfigVersion.cmake" <<'END'
set(PACKAGE_VERSION 2.1.12)
if(NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
END
