using GrainStream.Core.Log;
using Microsoft.Extensions.Logging;

namespace GrainStream.Storage.FileSystem;

/// <summary>What the journal logs; event ids 2000-2099.</summary>
internal static partial class JournalLogMessages
{
    [LoggerMessage(2000, LogLevel.Information,
        "Journal {Directory}: replayed {Frames} frames, {Bytes} bytes of {Files} files in {ElapsedMs} ms; goes on at position {End}")]
    public static partial void Opened(ILogger logger, string directory, long frames, long bytes, int files, double elapsedMs, JournalPosition end);

    [LoggerMessage(2001, LogLevel.Information,
        "Journal file {File}: cut {Bytes} bytes of an unfinished write at byte {Offset}; nothing of it had been acknowledged as synced")]
    public static partial void TornWriteCut(ILogger logger, string file, long offset, long bytes);

    [LoggerMessage(2002, LogLevel.Information, "Journal file {File} was being made when the node stopped and holds nothing; removed")]
    public static partial void EmptyFileRemoved(ILogger logger, string file);

    [LoggerMessage(2003, LogLevel.Warning,
        "The file system of {Directory} refuses direct I/O; the journal goes through the page cache, which costs 5 to 20 times the processor time per byte written")]
    public static partial void DirectIoUnavailable(ILogger logger, string directory);

    [LoggerMessage(2004, LogLevel.Critical,
        "DAMAGE ACCEPTED as GrainStream:Journal:AcceptDamage says: {Damage} The journal is cut there: acknowledged records after it are lost to this node. Kept for inspection: {Kept}")]
    public static partial void DamageAccepted(ILogger logger, string damage, string kept);

    [LoggerMessage(2005, LogLevel.Warning,
        "Journal file {File} of {Bytes} bytes cannot be made: {Reason} Appends that need it are refused until it can; reads go on")]
    public static partial void NextFileRefused(ILogger logger, string file, long bytes, string reason);

    [LoggerMessage(2006, LogLevel.Information, "Journal file {File} could be made again; appends are taken again")]
    public static partial void SpaceReturned(ILogger logger, string file);

    [LoggerMessage(2007, LogLevel.Critical, "The journal has failed for good; nothing that waits will be acknowledged, and the node must stop")]
    public static partial void Failed(ILogger logger, Exception cause);

    [LoggerMessage(2008, LogLevel.Error, "{Appender} threw when told what became of its appends")]
    public static partial void AppenderThrew(ILogger logger, Type appender, Exception error);

    [LoggerMessage(2009, LogLevel.Warning, "The journal stopped with everything synced, but had no room to note that it stopped in good order")]
    public static partial void CleanStopNotWritten(ILogger logger);

    [LoggerMessage(2010, LogLevel.Information, "Journal {Directory}: gave {Files} files back; begins at position {Start} now")]
    public static partial void Trimmed(ILogger logger, string directory, int files, JournalPosition start);

    [LoggerMessage(2011, LogLevel.Information, "Journal file {File} had been given back when the node stopped; deleted")]
    public static partial void TrimmedFileDeleted(ILogger logger, string file);

    [LoggerMessage(2012, LogLevel.Warning,
        "Journal file {File}, byte {Offset}: not zero, though nothing is stored there. Nothing is lost, but something else than this journal wrote to the file, or the disk is failing")]
    public static partial void StrayByte(ILogger logger, string file, long offset);

    [LoggerMessage(2013, LogLevel.Warning, "Journal file {File}, byte {Offset}: {What} All its frames are there; nothing is lost")]
    public static partial void LostPadding(ILogger logger, string file, long offset, string what);
}
