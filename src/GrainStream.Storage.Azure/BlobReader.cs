using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.Azure;

/// <summary>
/// Reads ranges of blobs. What a read needs in several requests is of one version: the later ones ask for the first one's ETag. A range that comes back shorter than the blob
/// is goes on to be read; a blob that is read whole is checked by the MD5 that the service keeps of blobs put in one piece.
/// </summary>
internal sealed class BlobReader(BlobClient blob, string location, string name)
{
    // A blob that is replaced, or a connection that breaks off, each time it is read is not worth more tries.
    private const int MostTries = 4;

    /// <summary>Fills the destination as far as the blob goes; null if there is none.</summary>
    public async Task<ObjectRead?> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await TryReadAsync(offset, destination, isLastTry: tries == MostTries, cancellationToken);
            }
            catch (RequestFailedException error) when (BlobErrors.MeansMissing(error))
            {
                return null;
            }
            catch (RequestFailedException error) when (BlobErrors.MeansChanged(error) && tries < MostTries)
            {
                // Replaced meanwhile: read the new version from the beginning.
            }
            catch (CorruptDataException) when (tries < MostTries)
            {
                // It may have been damaged on the way only.
            }
        }
    }

    private async Task<ObjectRead> TryReadAsync(long offset, Memory<byte> destination, bool isLastTry, CancellationToken cancellationToken)
    {
        ETag? expected = null;
        if (offset < 0 || destination.IsEmpty)
        {
            // The service has no ranges that count from the end.
            BlobProperties properties = await blob.GetPropertiesAsync(null, cancellationToken);
            offset = offset >= 0 ? offset : Math.Max(0, properties.ContentLength + offset);
            if (destination.IsEmpty || offset >= properties.ContentLength)
            {
                return new ObjectRead(0, properties.ContentLength, BlobObjectStore.VersionOf(properties.ETag));
            }

            expected = properties.ETag;
        }

        try
        {
            return await ReadRangeAsync(offset, destination, expected, isLastTry, cancellationToken);
        }
        catch (RequestFailedException error) when (BlobErrors.MeansBeyondEnd(error))
        {
            BlobProperties properties = await blob.GetPropertiesAsync(null, cancellationToken);
            return new ObjectRead(0, properties.ContentLength, BlobObjectStore.VersionOf(properties.ETag));
        }
    }

    private async Task<ObjectRead> ReadRangeAsync(long offset, Memory<byte> destination, ETag? expected, bool isLastTry, CancellationToken cancellationToken)
    {
        int done = 0;
        for (int tries = 0; ; tries++)
        {
            BlobDownloadOptions options = new()
            {
                Range = new HttpRange(offset + done, destination.Length - done),
                Conditions = expected is null ? null : new BlobRequestConditions { IfMatch = expected },
            };
            using BlobDownloadStreamingResult answer = await blob.DownloadStreamingAsync(options, cancellationToken);
            BlobDownloadDetails details = answer.Details;
            long length = LengthOf(details);
            int wanted = (int)Math.Min(destination.Length, Math.Max(0, length - offset));
            done += await answer.Content.ReadAtLeastAsync(destination[done..wanted], wanted - done, throwOnEndOfStream: false, cancellationToken);
            expected = details.ETag;
            if (done == wanted)
            {
                Verify(destination.Span[..done], offset == 0 && done == length, details);
                return new ObjectRead(done, length, BlobObjectStore.VersionOf(details.ETag));
            }

            if (tries == MostTries)
            {
                throw new StorageUnavailableException(string.Create(
                    CultureInfo.InvariantCulture, $"{location}/{name}: of bytes {offset} to {offset + wanted} only {done} came, {MostTries} times over{(isLastTry ? "" : " and over")}. It is tried again."));
            }
        }
    }

    private long LengthOf(BlobDownloadDetails details)
    {
        // "bytes 0-99/1000"; an answer to a request with a range always has it.
        string? range = details.ContentRange;
        int slash = range?.LastIndexOf('/') ?? -1;
        return slash >= 0 && long.TryParse(range.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long length)
            ? length
            : throw new CorruptDataException($"{location}/{name}: the answer to a read says \"{range}\" of its range, from which the length cannot be told. A proxy may have changed it.");
    }

    private void Verify(ReadOnlySpan<byte> content, bool isWhole, BlobDownloadDetails details)
    {
        if (isWhole && details.BlobContentHash is { Length: 16 } expected && !MD5.HashData(content).AsSpan().SequenceEqual(expected))
        {
            throw new CorruptDataException($"{location}/{name}: its {content.Length} bytes do not have the MD5 that was stored with them. Restore it from a copy, or verify the container.");
        }
    }
}
