// Visits objects and lists links. These calls of HDF5 have different names in versions 1.10 and 1.12.
#pragma once

#include <hdf5.h>

#if H5_VERSION_GE(1, 12, 0)
typedef H5O_info2_t object_info;
typedef H5L_info2_t link_info;
#else
typedef H5O_info_t object_info;
typedef H5L_info_t link_info;
#endif

typedef herr_t object_visitor(hid_t top, const char *path, const object_info *info, void *context);
typedef herr_t link_visitor(hid_t group, const char *name, const link_info *info, void *context);

// Calls `visitor` for `top` and every object below it. Returns a negative value if HDF5 or the visitor fails.
static inline herr_t objects_visit(hid_t top, object_visitor *visitor, void *context)
{
#if H5_VERSION_GE(1, 12, 0)
    return H5Ovisit3(top, H5_INDEX_NAME, H5_ITER_NATIVE, visitor, context, H5O_INFO_BASIC);
#else
    return H5Ovisit2(top, H5_INDEX_NAME, H5_ITER_NATIVE, visitor, context, H5O_INFO_BASIC);
#endif
}

// Opens the object that `info` describes, without resolving its path.
static inline hid_t object_of_info(hid_t top, const object_info *info)
{
#if H5_VERSION_GE(1, 12, 0)
    return H5Oopen_by_token(top, info->token);
#else
    return H5Oopen_by_addr(top, info->addr);
#endif
}

// Calls `visitor` for every link of the group, in order of name.
static inline herr_t links_visit(hid_t group, link_visitor *visitor, void *context)
{
#if H5_VERSION_GE(1, 12, 0)
    return H5Literate2(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visitor, context);
#else
    return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, visitor, context);
#endif
}

static inline herr_t link_read(hid_t file, const char *path, link_info *info)
{
#if H5_VERSION_GE(1, 12, 0)
    return H5Lget_info2(file, path, info, H5P_DEFAULT);
#else
    return H5Lget_info(file, path, info, H5P_DEFAULT);
#endif
}
