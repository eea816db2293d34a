namespace GrainStream.Server.Inspection;

/// <summary>What <c>log --help</c> prints.</summary>
internal static class LogUsage
{
    public const string Text =
        """
        usage: GrainStream.Server log dump PATH [--records] [--offset N] [--limit N] [--json]
               GrainStream.Server log verify [--json] [--GrainStream:Name=value ...]
               GrainStream.Server log export SEGMENT FILE

        dump     prints a journal file, a segment, a manifest or a page of a manifest; which it is, its bytes say, not its name.
                   --records   also the records of each batch: keys and values shortened, unprintable bytes escaped
                   --offset N  begins with what holds offset N: in a journal file that of every partition
                   --limit N   at most N frames, batches or entries
        verify   checks the data directory and the object store of the server's settings: every checksum, that nothing is missing between what
                 follows each other, and that journal and object store agree. Changes nothing. Beside a running server it leaves out
                 the journal, and says so.
        export   writes the record batches of a segment as a log file of Kafka's, for Kafka's own tools. FILE may be a directory; the name
                 is made of the segment's base offset then, as Kafka wants it.

        --json prints one JSON object on each line.

        Exit status: 0 all is well, 2 the arguments or a setting are wrong, 4 stored data is damaged, 7 something could not be read, so that it is
        not known whether it is damaged.

        """;
}
