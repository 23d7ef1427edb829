// The form of a record and the struct of an open journal, which the source files for journals share.
#pragma once

#include "store/journal.h"
#include "store/packed_impl.h"

#define JOURNAL_MAGIC "HGrecord"
enum { JOURNAL_HEAD_BYTES = 64, JOURNAL_VERSION = 1, JOURNAL_ID_BYTES = 40 };
enum journal_kind { JOURNAL_TRIAL = 1, JOURNAL_SHARED = 2 };

// The header of a record. Its bytes follow, padded with zeros to a multiple of 8.
struct journal_record {
    char magic[8];
    uint32_t version, kind;
    uint64_t bytes;            // number of bytes, without the padding
    uint64_t checksum;         // checksum of the bytes
    char id[JOURNAL_ID_BYTES]; // id of the trial, padded with NUL
    uint64_t own;              // checksum of the members above
};

size_t journal_padded(uint64_t bytes); // rounds up to a multiple of 8
void journal_record_set(struct journal_record *r, enum journal_kind kind, const void *bytes, size_t n, const char *id);
bool journal_record_is_good(const struct journal_record *r);
void journal_head(char out[JOURNAL_HEAD_BYTES]);

struct journal_place {
    char id[JOURNAL_ID_BYTES]; // id of the trial
    int64_t at;                // offset of the record; -1: there is none
    uint64_t bytes, checksum;  // as in the record
    void *data;                // owned: a shared value that was read; NULL: not read yet
};

struct journal {
    char *path;                  // owned
    int fd;                      // -1: not open now
    struct store_file *run;      // borrowed: the run's file that holds the records; NULL: they are in a journal
    struct journal_place *trial; // (n), owned: in order of offset; in a run's file, in order of the leaderboard
    int n, room;
    struct journal_place *shared; // (n_shared), owned: in order of checksum
    int n_shared, shared_room;
    int *by_id;    // (n), owned: the numbers of the trials, in order of id
    char **damage; // (n_damages), owned
    int n_damages;
};

// Reads n bytes at offset `at` of the records. Returns -1 and an error if they cannot be read.
int journal_read(struct journal *j, int64_t at, void *to, size_t n, struct err *e);
void journal_rest(struct journal *j); // closes the file; the next read opens it again
void journal_add_trial(struct journal *j, const struct journal_place *p);
void journal_add_shared(struct journal *j, const struct journal_place *p);
void journal_index(struct journal *j); // sorts the places; call it after all of them were added
// Compares two struct journal_place by checksum and number of bytes, for qsort and bsearch.
int journal_compare_values(const void *a, const void *b);

// packed_file.c
struct store_file *packed_file_open(const char *path, struct packed *p); // owns p from then on
const struct packed *packed_of_file(const struct store_file *f);
// records_bytes.c: reads the bytes of records in a run's file
int records_read(struct store_file *run, int64_t at, void *to, size_t n, struct err *e);
