#include "CProcess.h"
typedef int cprocess_not_empty;
