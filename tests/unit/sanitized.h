/* Is this built with AddressSanitizer?  Then memory is measured with its own,
 * and mlock() does nothing. */
#ifndef BAYAZ_TESTS_SANITIZED_H
#define BAYAZ_TESTS_SANITIZED_H

#if defined __SANITIZE_ADDRESS__
#define SANITIZED true
#elif defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#endif
