// glibc's settings of its allocator, which Swift's Glibc module leaves out; nothing elsewhere.
#if defined(__GLIBC__) || __has_include(<gnu/libc-version.h>)
#include <malloc.h>
#endif
