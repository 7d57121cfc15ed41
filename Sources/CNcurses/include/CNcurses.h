// The part of ncurses that devtop needs, without its macros, globals and signal handlers.
#ifndef CNCURSES_H
#define CNCURSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// One terminal. ncurses is not thread-safe: one thread uses it.
typedef struct cncurses_screen cncurses_screen;

enum {
  CNCURSES_BOLD = 1,
  CNCURSES_DIM = 2,
  CNCURSES_ITALIC = 4,
  CNCURSES_UNDERLINE = 8,
  CNCURSES_REVERSE = 16,
};

/// Opens a terminal of a type; what ncurses would write to it is kept until `cncurses_take`.
///
/// Never touches a terminal's settings or a signal's disposition. Null where the type is unknown or cannot
/// place its cursor; `*is_known` tells which.
cncurses_screen *cncurses_open(const char *type, int rows, int columns, bool *is_known);

/// Frees everything; writes nothing.
void cncurses_close(cncurses_screen *screen);

/// What was written since the last call: at most `capacity` bytes; 0 when there is no more.
size_t cncurses_take(cncurses_screen *screen, uint8_t *bytes, size_t capacity);

/// 0 where the terminal has none.
int cncurses_colors(const cncurses_screen *screen);
/// Pairs that may be set, pair 0 not counted.
int cncurses_pairs(const cncurses_screen *screen);
/// Whether colour numbers are 24-bit values (terminfo's `RGB`).
bool cncurses_is_direct(const cncurses_screen *screen);
/// Sets a pair from 1; -1 is the terminal's own colour.
void cncurses_set_pair(cncurses_screen *screen, int pair, int foreground, int background);

/// A string of terminfo by its short name (`kcuu1`); null where the terminal has none. Valid until the close.
const char *cncurses_string(cncurses_screen *screen, const char *name);

/// The columns that ncurses gives to a scalar; -1 where it would not print it.
int cncurses_width(uint32_t scalar);

/// Puts a character and its marks, `CNCURSES_…` attributes, pair.
void cncurses_put(
    cncurses_screen *screen, int row, int column, const uint32_t *scalars, int count, int attributes, int pair);
/// Shows the cursor at a cell; hides it for a negative row.
void cncurses_cursor(cncurses_screen *screen, int row, int column);
/// Writes what changed.
void cncurses_update(cncurses_screen *screen);
/// The next update writes every cell anew.
void cncurses_forget(cncurses_screen *screen);
void cncurses_resize(cncurses_screen *screen, int rows, int columns);
/// Writes what gives the terminal back to others; the next update takes it again.
void cncurses_leave(cncurses_screen *screen);

/// Whether the locale of the environment is UTF-8; takes over its character type for the process.
///
/// No locale set at all counts as C.UTF-8: every terminal of today is.
bool cncurses_set_locale(void);

#endif
