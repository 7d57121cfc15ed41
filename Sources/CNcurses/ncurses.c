#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include "CNcurses.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

// <term.h> declares these, and macros with the names of ordinary variables.
typedef struct term TERMINAL;
extern int setupterm(const char *, int, int *);
extern TERMINAL *set_curterm(TERMINAL *);
extern int del_curterm(TERMINAL *);

struct cncurses_screen {
  SCREEN *screen;
  WINDOW *window;
  FILE *output;
  FILE *input;
  // The memory file that ncurses writes to, and how much of it was taken.
  int memory;
  off_t taken;
  int colors;
  int pairs;
  bool is_direct;
};

// newterm(3X) installs handlers of its own for these.
static const int caught[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
enum { caught_count = sizeof caught / sizeof caught[0] };

static void start_colors(cncurses_screen *screen) {
  // Without the guard init_extended_pair dereferences null on a terminal without colours.
  if (!has_colors() || start_color() == ERR) return;
  use_default_colors();
  screen->colors = COLORS;
  screen->pairs = COLOR_PAIRS - 1;
  screen->is_direct = tigetflag("RGB") > 0 || COLORS > 256;
}

cncurses_screen *cncurses_open(const char *type, int rows, int columns, bool *is_known) {
  *is_known = true;
  cncurses_screen *screen = calloc(1, sizeof *screen);
  if (!screen) return NULL;
  screen->memory = memfd_create("screen", MFD_CLOEXEC);
  if (screen->memory < 0) goto failed;
  int copy = dup(screen->memory);
  if (copy < 0) goto failed;
  screen->output = fdopen(copy, "w");
  // Never read from: keys are read and understood by the caller.
  screen->input = fopen("/dev/null", "re");
  if (!screen->output || !screen->input) goto failed;

  // 1: known; 0 for a generic type, which `dumb` is to some entries; -1: no terminfo at all.
  int found = 0;
  *is_known = setupterm(type, copy, &found) == OK;
  if (!*is_known) goto failed;
  const char *address = tigetstr("cup");
  bool is_suited = address && address != (char *)-1;
  del_curterm(set_curterm(NULL));
  if (!is_suited) goto failed;

  struct sigaction before[caught_count];
  for (int i = 0; i < caught_count; i++) sigaction(caught[i], NULL, &before[i]);
  screen->screen = newterm(type, screen->output, screen->input);
  for (int i = 0; i < caught_count; i++) sigaction(caught[i], &before[i], NULL);
  if (!screen->screen) goto failed;
  set_term(screen->screen);
  screen->window = stdscr;
  typeahead(-1);
  leaveok(screen->window, FALSE);
  scrollok(screen->window, FALSE);
  start_colors(screen);
  curs_set(0);
  resizeterm(rows, columns);
  return screen;

failed:
  cncurses_close(screen);
  return NULL;
}

void cncurses_close(cncurses_screen *screen) {
  if (!screen) return;
  if (screen->screen) {
    set_term(screen->screen);
    delscreen(screen->screen);
  }
  if (screen->output) fclose(screen->output);
  if (screen->input) fclose(screen->input);
  if (screen->memory >= 0) close(screen->memory);
  free(screen);
}

size_t cncurses_take(cncurses_screen *screen, uint8_t *bytes, size_t capacity) {
  fflush(screen->output);
  ssize_t count = pread(screen->memory, bytes, capacity, screen->taken);
  if (count > 0) {
    screen->taken += count;
    return (size_t)count;
  }
  // Everything is taken: begin again, so that the file stays as small as a frame.
  if (screen->taken > 0 && ftruncate(screen->memory, 0) == 0) {
    lseek(screen->memory, 0, SEEK_SET);
    screen->taken = 0;
  }
  return 0;
}

int cncurses_colors(const cncurses_screen *screen) { return screen->colors; }
int cncurses_pairs(const cncurses_screen *screen) { return screen->pairs; }
bool cncurses_is_direct(const cncurses_screen *screen) { return screen->is_direct; }

void cncurses_set_pair(cncurses_screen *screen, int pair, int foreground, int background) {
  set_term(screen->screen);
  if (screen->colors > 0) init_extended_pair(pair, foreground, background);
}

const char *cncurses_string(cncurses_screen *screen, const char *name) {
  set_term(screen->screen);
  const char *value = tigetstr(name);
  return value == (char *)-1 ? NULL : value;
}

int cncurses_width(uint32_t scalar) {
  return iswprint((wint_t)scalar) || wcwidth((wchar_t)scalar) == 0 ? wcwidth((wchar_t)scalar) : -1;
}

void cncurses_put(
    cncurses_screen *screen, int row, int column, const uint32_t *scalars, int count, int attributes, int pair) {
  wchar_t wide[CCHARW_MAX + 1] = {0};
  for (int i = 0; i < count && i < CCHARW_MAX; i++) wide[i] = (wchar_t)scalars[i];
  attr_t flags = A_NORMAL;
  if (attributes & CNCURSES_BOLD) flags |= A_BOLD;
  if (attributes & CNCURSES_DIM) flags |= A_DIM;
  if (attributes & CNCURSES_ITALIC) flags |= A_ITALIC;
  if (attributes & CNCURSES_UNDERLINE) flags |= A_UNDERLINE;
  if (attributes & CNCURSES_REVERSE) flags |= A_REVERSE;
  cchar_t cell;
  if (setcchar(&cell, wide, flags, 0, &pair) == ERR) return;
  // ERR at the last cell of the screen, where the cursor cannot move on: the cell is written all the same.
  (void)mvwadd_wch(screen->window, row, column, &cell);
}

void cncurses_cursor(cncurses_screen *screen, int row, int column) {
  set_term(screen->screen);
  curs_set(row < 0 ? 0 : 1);
  wmove(screen->window, row < 0 ? 0 : row, row < 0 ? 0 : column);
}

void cncurses_update(cncurses_screen *screen) {
  set_term(screen->screen);
  wnoutrefresh(screen->window);
  doupdate();
}

void cncurses_forget(cncurses_screen *screen) { clearok(screen->window, TRUE); }

void cncurses_resize(cncurses_screen *screen, int rows, int columns) {
  set_term(screen->screen);
  resizeterm(rows, columns);
  werase(screen->window);
  clearok(screen->window, TRUE);
}

void cncurses_leave(cncurses_screen *screen) {
  set_term(screen->screen);
  endwin();
}

bool cncurses_set_locale(void) {
  const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
  bool is_set = false;
  for (int i = 0; i < 3; i++) {
    const char *value = getenv(names[i]);
    if (value && *value) is_set = true;
  }
  // Character type only: a decimal comma would break the numbers of other libraries.
  if (!setlocale(LC_CTYPE, is_set ? "" : "C.UTF-8")) setlocale(LC_CTYPE, "C");
  return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}
