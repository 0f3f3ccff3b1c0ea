# BAYAZ_COMPILER_OPTIONS
# Our --enable-* switches.  Results are in BAYAZ_CFLAGS and BAYAZ_LDFLAGS, so
# that CFLAGS stays the user's.
AC_DEFUN([BAYAZ_COMPILER_OPTIONS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror],
    [treat compiler warnings as errors])], [], [enable_werror=no])
  AC_ARG_ENABLE([sanitizers], [AS_HELP_STRING([--enable-sanitizers],
    [build with address and undefined-behaviour sanitizers])], [],
    [enable_sanitizers=no])
  AC_ARG_ENABLE([fuzzing], [AS_HELP_STRING([--enable-fuzzing],
    [build the fuzz targets with libFuzzer (needs clang); without it they
     only replay their corpus])], [], [enable_fuzzing=no])
  AC_ARG_ENABLE([coverage], [AS_HELP_STRING([--enable-coverage],
    [build for gcov])], [], [enable_coverage=no])

  BAYAZ_CFLAGS="-std=gnu11 -Wall -Wextra -Wconversion -Wno-sign-conversion"
  BAYAZ_CFLAGS="$BAYAZ_CFLAGS -Wshadow -Wstrict-prototypes -Wmissing-prototypes"
  BAYAZ_CFLAGS="$BAYAZ_CFLAGS -Wvla -Wwrite-strings -Wpointer-arith -Wformat=2"
  BAYAZ_CFLAGS="$BAYAZ_CFLAGS -Wno-format-nonliteral"
  BAYAZ_CFLAGS="$BAYAZ_CFLAGS -fno-strict-aliasing -fstack-protector-strong"
  BAYAZ_LDFLAGS=""
  AS_IF([test "$enable_werror" = yes], [BAYAZ_CFLAGS="$BAYAZ_CFLAGS -Werror"])
  AS_IF([test "$enable_sanitizers" = yes], [
    BAYAZ_CFLAGS="$BAYAZ_CFLAGS -fsanitize=address,undefined"
    BAYAZ_CFLAGS="$BAYAZ_CFLAGS -fno-sanitize-recover=all -fno-omit-frame-pointer"
    BAYAZ_LDFLAGS="$BAYAZ_LDFLAGS -fsanitize=address,undefined"
  ])
  AS_IF([test "$enable_fuzzing" = yes], [
    BAYAZ_CFLAGS="$BAYAZ_CFLAGS -fsanitize=fuzzer-no-link"
    AC_DEFINE([BAYAZ_FUZZING], [1], [Fuzz targets are linked with libFuzzer.])
  ])
  AS_IF([test "$enable_coverage" = yes], [
    BAYAZ_CFLAGS="$BAYAZ_CFLAGS --coverage -O0"
    BAYAZ_LDFLAGS="$BAYAZ_LDFLAGS --coverage"
  ])
  AM_CONDITIONAL([FUZZING], [test "$enable_fuzzing" = yes])
  AM_CONDITIONAL([SANITIZERS], [test "$enable_sanitizers" = yes])
  AC_SUBST([BAYAZ_CFLAGS])
  AC_SUBST([BAYAZ_LDFLAGS])
])
