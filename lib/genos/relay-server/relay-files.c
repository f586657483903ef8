/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/relay-server/relay-files.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_PATH 256
#define MAX_DEPTH 4

static const struct {
  const char *suffix;
  const char *type;
} types[] = {
  { ".html", "text/html; charset=utf-8" },
  { ".js", "text/javascript; charset=utf-8" },
  { ".mjs", "text/javascript; charset=utf-8" },
  { ".css", "text/css; charset=utf-8" },
  { ".json", "application/json" },
  { ".webmanifest", "application/manifest+json" },
  { ".svg", "image/svg+xml" },
  { ".png", "image/png" },
  { ".jpg", "image/jpeg" },
  { ".ico", "image/x-icon" },
  { ".txt", "text/plain; charset=utf-8" },
};

/* What is not spelt out is not there: no escapes, no dot files, no way up. */
static gboolean
is_plain_name (const char *name)
{
  if (*name == '\0' || *name == '.')
    return FALSE;
  for (const char *p = name; *p != '\0'; p++) {
    if (!g_ascii_isalnum (*p) && strchr ("-_.", *p) == NULL)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_plain_path (const char *path)
{
  g_auto (GStrv) names = NULL;

  if (path[0] != '/' || strlen (path) > MAX_PATH)
    return FALSE;
  names = g_strsplit (path + 1, "/", 0);
  if (g_strv_length (names) > MAX_DEPTH)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++) {
    if (!is_plain_name (names[i]))
      return FALSE;
  }
  return TRUE;
}

const char *
genos_relay_files_type (const char *path)
{
  if (!is_plain_path (path))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (types); i++) {
    if (g_str_has_suffix (path, types[i].suffix))
      return types[i].type;
  }
  return NULL;
}

static GBytes *
read_all (int fd, gsize size)
{
  g_autofree char *data = g_malloc (size + 1);
  gsize got = 0;

  while (got < size) {
    ssize_t n = read (fd, data + got, size - got);

    if (n <= 0)
      return NULL;
    got += n;
  }
  return g_bytes_new_take (g_steal_pointer (&data), size);
}

GBytes *
genos_relay_files_load (const char *root, const char *path, const char **type)
{
  g_autofree char *file = NULL;
  g_autofree char *page = NULL;
  GBytes *bytes = NULL;
  struct stat info;
  int fd;

  if (g_str_equal (path, "/"))
    path = "/index.html";
  else if (strchr (path, '.') == NULL)
    path = page = g_strconcat (path, ".html", NULL);
  *type = genos_relay_files_type (path);
  if (*type == NULL)
    return NULL;
  file = g_build_filename (root, path + 1, NULL);
  /* Without O_NONBLOCK a FIFO would hold up the whole relay. */
  fd = open (file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return NULL;
  if (fstat (fd, &info) == 0 && S_ISREG (info.st_mode)
      && info.st_size <= GENOS_RELAY_FILES_MAX_SIZE)
    bytes = read_all (fd, info.st_size);
  close (fd);
  return bytes;
}
