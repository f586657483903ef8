/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gstgenosdatabranch.h"

#include "gstgenosdatasrcpad.h"

static const char *
get_template (GstGenosQueueSrc *source)
{
  return "data_%u";
}

static GstPad *
make_pad (GstGenosQueueSrc *source, const char *name, GstPadTemplate *templ, GstPad *target)
{
  return GST_PAD (gst_genos_data_src_pad_new (name, templ, GST_GENOS_DATA_SRC (source), target));
}

GstGenosBranch *
gst_genos_data_branch_new (GstElement *owner, GstGenosDataSrc *source,
    GstGenosBranchNameFunc make_name, GstGenosBranchFunc ended)
{
  static const GstGenosBranchFuncs funcs = { get_template, make_pad };

  return gst_genos_branch_new (
      owner, GST_GENOS_QUEUE_SRC (source), GST_ELEMENT (source), &funcs, make_name, ended);
}
