/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <genos/room/transfer/file-part.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include <genos/room/transfer/file-name.h>
#include <genos/wire/json-text.h>

#define MAX_NUMBER 9999
#define READ_SIZE (64 * 1024)

struct _GenosFilePart {
  char *directory;
  char *name;
  char *path;   /* of the part */
  char *beside; /* of what is known of it */
  int fd;
  guint64 offset;
  GenosContentHash *hash;
  gboolean resumable;
  gboolean finished;
};

static gboolean
set_error (GError **error, int number, const char *what, const char *path)
{
  /* A limit of the process to the size of files is as good as a full disk. */
  int code = number == EFBIG || number == EDQUOT ? G_IO_ERROR_NO_SPACE
                                                 : (int) g_io_error_from_errno (number);

  g_set_error (error, G_IO_ERROR, code, "%s %s: %s", what, path,
      code == G_IO_ERROR_NO_SPACE ? "no space is left" : g_strerror (number));
  return FALSE;
}

void
genos_file_part_close (GenosFilePart *self)
{
  if (self == NULL)
    return;
  if (!self->finished && self->fd >= 0 && (self->offset == 0 || !self->resumable)) {
    g_unlink (self->path);
    g_unlink (self->beside);
  }
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->hash, genos_content_hash_free);
  g_free (self->directory);
  g_free (self->name);
  g_free (self->path);
  g_free (self->beside);
  g_free (self);
}

/* --- which one */

static gboolean
is_same_file (GenosFilePart *self, guint64 size, gint64 modified)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  gsize length;
  gint64 known_size, known_modified;

  if (!self->resumable || !g_file_get_contents (self->beside, &text, &length, NULL))
    return FALSE;
  node = genos_json_parse (text, (gssize) length, NULL);
  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  return genos_json_get_int (json_node_get_object (node), "size", 0, G_MAXINT64, &known_size)
      && genos_json_get_int (
          json_node_get_object (node), "lastModified", 0, G_MAXINT64, &known_modified)
      && (guint64) known_size == size && known_modified == modified;
}

static gboolean
write_beside (GenosFilePart *self, guint64 size, gint64 modified, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;

  if (!self->resumable)
    return TRUE;
  text = g_strdup_printf (
      "{\"size\":%" G_GUINT64_FORMAT ",\"lastModified\":%" G_GINT64_FORMAT "}\n", size, modified);
  if (g_file_set_contents_full (self->beside, text, -1, G_FILE_SET_CONTENTS_NONE, 0666, &reason))
    return TRUE;
  g_set_error (error, G_IO_ERROR,
      g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOSPC) ? G_IO_ERROR_NO_SPACE
                                                                 : G_IO_ERROR_FAILED,
      "%s", reason->message);
  return FALSE;
}

typedef enum { TAKEN, NOT_OURS, BROKEN } Attempt;

/* Whoever had it before us may have given it another name since. */
static gboolean
is_still_there (GenosFilePart *self)
{
  struct stat opened, named;

  return fstat (self->fd, &opened) == 0 && stat (self->path, &named) == 0
      && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

static Attempt
lock (GenosFilePart *self, GError **error)
{
  self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (self->fd < 0 && (errno == ELOOP || errno == EISDIR || errno == EACCES)
      && g_access (self->path, F_OK) == 0)
    return NOT_OURS;
  if (self->fd < 0) {
    set_error (error, errno, "cannot write to", self->path);
    return BROKEN;
  }
  return flock (self->fd, LOCK_EX | LOCK_NB) == 0 && is_still_there (self) ? TAKEN : NOT_OURS;
}

static Attempt
try_number (GenosFilePart *self, guint number, guint64 size, gint64 modified, GError **error)
{
  g_autofree char *name = genos_file_name_number (self->name, number);
  g_autofree char *part = g_strconcat (name, ".part", NULL);
  struct stat info;
  Attempt attempt;

  g_free (self->path);
  g_free (self->beside);
  self->path = g_build_filename (self->directory, part, NULL);
  self->beside = g_strconcat (self->path, ".json", NULL);
  attempt = lock (self, error);
  if (attempt != TAKEN)
    return attempt;
  if (fstat (self->fd, &info) != 0 || !S_ISREG (info.st_mode))
    return NOT_OURS;
  self->offset = (guint64) info.st_size;
  if (info.st_size == 0)
    return write_beside (self, size, modified, error) ? TAKEN : BROKEN;
  return self->offset <= size && is_same_file (self, size, modified) ? TAKEN : NOT_OURS;
}

static gboolean
find (GenosFilePart *self, guint64 size, gint64 modified, GError **error)
{
  for (guint number = 1; number <= MAX_NUMBER; number++) {
    Attempt attempt = try_number (self, number, size, modified, error);

    if (attempt == TAKEN)
      return TRUE;
    if (self->fd >= 0)
      close (self->fd);
    self->fd = -1;
    if (attempt == BROKEN)
      return FALSE;
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "there are too many of %s", self->path);
  return FALSE;
}

static gboolean
hash_prefix (GenosFilePart *self, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);
  guint64 left = self->offset;

  self->hash = genos_content_hash_new ();
  while (left > 0) {
    ssize_t n = read (self->fd, buffer, (gsize) MIN (left, READ_SIZE));

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return set_error (error, n < 0 ? errno : EIO, "cannot read", self->path);
    genos_content_hash_update (self->hash, buffer, (gsize) n);
    left -= (guint64) n;
  }
  return TRUE;
}

GenosFilePart *
genos_file_part_open (
    const char *directory, const char *name, guint64 size, gint64 modified, GError **error)
{
  g_autoptr (GenosFilePart) self = g_new0 (GenosFilePart, 1);

  self->fd = -1;
  self->directory = g_strdup (directory);
  self->name = g_strdup (name);
  self->resumable = size <= G_MAXINT64 && modified > 0;
  if (!find (self, size, modified, error) || !hash_prefix (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

guint64
genos_file_part_get_offset (GenosFilePart *self)
{
  return self->offset;
}

GenosContentHash *
genos_file_part_dup_hash (GenosFilePart *self)
{
  return genos_content_hash_copy (self->hash);
}

/* --- what comes */

gboolean
genos_file_part_restart (GenosFilePart *self, GError **error)
{
  if (ftruncate (self->fd, 0) != 0 || lseek (self->fd, 0, SEEK_SET) != 0)
    return set_error (error, errno, "cannot write to", self->path);
  self->offset = 0;
  return TRUE;
}

gboolean
genos_file_part_write (GenosFilePart *self, const guint8 *data, gsize size, GError **error)
{
  while (size > 0) {
    ssize_t n = write (self->fd, data, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return set_error (error, errno, "cannot write to", self->path);
    data += n;
    size -= (gsize) n;
    self->offset += (guint64) n;
  }
  return TRUE;
}

/* --- the end */

/* The name is taken by an empty file before the part comes to stand there: so nothing that exists is
 * ever overwritten, on any file system. */
static char *
take_name (GenosFilePart *self, GError **error)
{
  for (guint number = 1; number <= MAX_NUMBER; number++) {
    g_autofree char *name = genos_file_name_number (self->name, number);
    g_autofree char *path = g_build_filename (self->directory, name, NULL);
    int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

    if (fd >= 0) {
      close (fd);
      return g_steal_pointer (&path);
    }
    if (errno != EEXIST) {
      set_error (error, errno, "cannot make", path);
      return NULL;
    }
  }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "there are too many of %s", self->name);
  return NULL;
}

static void
sync_directory (const char *directory)
{
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

char *
genos_file_part_finish (GenosFilePart *self, GError **error)
{
  g_autofree char *path = NULL;

  if (fsync (self->fd) != 0) {
    set_error (error, errno, "cannot write to", self->path);
    return NULL;
  }
  path = take_name (self, error);
  if (path == NULL)
    return NULL;
  if (g_rename (self->path, path) != 0) {
    set_error (error, errno, "cannot rename", self->path);
    g_unlink (path);
    return NULL;
  }
  self->finished = TRUE;
  g_unlink (self->beside);
  sync_directory (self->directory);
  return g_steal_pointer (&path);
}
