#pragma once
#include <zlib.h>

// deflateInit and its like are macros, which Swift does not see. 31: the largest window, in a gzip wrapper.
static inline int faultline_gzip_begin(z_stream *stream) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
}

// 31: the same for reading.
static inline int faultline_gunzip_begin(z_stream *stream) { return inflateInit2(stream, 31); }

// In zlib's own wrapper.
static inline int faultline_deflate_begin(z_stream *stream, int level) { return deflateInit(stream, level); }
static inline int faultline_inflate_begin(z_stream *stream) { return inflateInit(stream); }
