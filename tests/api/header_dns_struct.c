/* <event2/dns_struct.h> stands alone, in C99, and knows the field by its old name. */
#include <event2/dns_struct.h>

int header_dns_struct_compiles(void);
int header_dns_struct_compiles(void) {
    struct evdns_server_question question;
    question.dns_question_class = 1;
    return question.class;
}
