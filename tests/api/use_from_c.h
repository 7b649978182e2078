/* What use_from_c.c offers to api_test.cc. */
#ifndef TESTS_API_USE_FROM_C_H_INCLUDED
#define TESTS_API_USE_FROM_C_H_INCLUDED

#ifdef __cplusplus
extern "C" {
#endif

/* 0, or the line that went wrong. */
int use_events_from_c(void);
int use_old_events_from_c(void);

#ifdef __cplusplus
}
#endif

#endif
