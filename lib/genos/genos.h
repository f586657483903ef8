/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <genos/base/error.h>
#include <genos/base/macros.h>
#include <genos/base/types.h>
#include <genos/base/version.h>
