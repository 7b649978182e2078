#!/bin/sh
# file-comment.sh FILE: the file as Doxygen is to see it. The comment that opens it, what it owns
# and never does, becomes the description of the file. No line is added: lines stay where they are.
exec awk 'NR == 1 && /^\/\/ / { sub(/^\/\//, "/// @opening"); top = 1; print; next }
          top && /^\/\//     { sub(/^\/\//, "///"); print; next }
                             { top = 0; print }' "$1"
