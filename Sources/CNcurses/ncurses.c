#include "CNcurses.h"
typedef int cncurses_not_empty;
