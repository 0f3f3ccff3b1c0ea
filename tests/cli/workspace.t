# A workspace of version 1, made before there were bucket keys, is converted
# when it is opened.
@require tar sqlite3
$ mkdir workspace && tar xzf "$TESTDIR/workspace-v1.tar.gz" -C workspace
$ chmod 600 workspace/*
$ echo 'twelve quiet apples' > pass
$ sqlite3 workspace/field.db 'PRAGMA user_version'
1
$ bayaz list --passphrase-file pass
forms:
  Talk{{\s}}talk{{\s}}1
records:
  271a3428{{\s}}ready{{\s}}2026-11-26{{\s}}Talk
  5dc76c4a{{\s}}draft{{\s}}2026-11-26{{\s}}Talk
$ sqlite3 workspace/field.db "PRAGMA user_version;
> SELECT name, length(value) FROM meta ORDER BY name"
2
bucket-keys|8240
store-key|80
wrapping-key|16

# The draft's journal is whole: what is required was answered, so it finishes.
$ printf '%s\n' yes | bayaz collect talk --resume 5dc7 --passphrase-file pass \
> > out 2>&1
$ bayaz list --passphrase-file pass | grep 5dc7
  5dc76c4a{{\s}}ready{{\s}}{{[0-9-]+}}{{\s}}Talk
