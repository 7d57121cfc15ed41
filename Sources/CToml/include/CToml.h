#ifndef CTOML_H
#define CTOML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What a node of a document is.
typedef enum ctoml_kind {
  CTOML_STRING,
  CTOML_INTEGER,
  CTOML_FLOAT,
  CTOML_BOOLEAN,
  /// A date, a time or both; its text is in `text`.
  CTOML_DATE,
  CTOML_ARRAY,
  CTOML_TABLE,
} ctoml_kind;

/// Bytes that the document owns; not terminated, and may hold NUL.
typedef struct ctoml_text {
  const char *bytes;
  size_t count;
} ctoml_text;

/// One value of a document. Nodes stand in preorder: a container is followed by its children.
typedef struct ctoml_node {
  ctoml_kind kind;
  /// The number of children of an array or a table.
  uint32_t child_count;
  /// Where the value stands, from 1; columns count code points. 0 where it is not known.
  uint32_t line;
  uint32_t column;
  /// The key, where the parent is a table.
  ctoml_text key;
  uint32_t key_line;
  uint32_t key_column;
  /// The value of a string, or a date as it is written.
  ctoml_text text;
  int64_t integer;
  double floating;
  bool boolean;
} ctoml_node;

/// What a document cannot be read for.
typedef struct ctoml_error {
  ctoml_text message;
  /// From 1, 0 where it is not known.
  uint32_t line;
  uint32_t column;
} ctoml_error;

typedef struct ctoml_document ctoml_document;

/// The deepest nesting that a document may have.
enum { CTOML_MAX_DEPTH = 64 };

/// Parses TOML v1.0; never throws, never reads past `count` bytes.
///
/// Returns NULL only when memory is exhausted. The caller frees the document with `ctoml_free`.
ctoml_document *ctoml_parse(const char *bytes, size_t count);
void ctoml_free(ctoml_document *document);

/// The error, or NULL when the document was read; valid until the document is freed.
const ctoml_error *ctoml_get_error(const ctoml_document *document);

/// All nodes in preorder, the root table first; valid until the document is freed. Empty after an error.
const ctoml_node *ctoml_nodes(const ctoml_document *document, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
