using System.Globalization;
using Azure;
using Azure.Identity;
using GrainStream.Runtime.Ports;

namespace GrainStream.Storage.Azure;

/// <summary>
/// Turns answers of the storage service into the port's exceptions. Of an answer only its status, its error code and its request id are passed on: the SDK's own messages
/// contain headers and bodies, in which addresses with a SAS may stand.
/// </summary>
internal static class BlobErrors
{
    // https://learn.microsoft.com/rest/api/storageservices/blob-service-error-codes
    private const string BlobAlreadyExists = "BlobAlreadyExists";
    private const string ConditionNotMet = "ConditionNotMet";
    private const string TargetConditionNotMet = "TargetConditionNotMet";
    private const string ContainerNotFound = "ContainerNotFound";

    /// <summary>The service's word for what is wrong; null if it gave none.</summary>
    public static string? CodeOf(RequestFailedException error) =>
        error.ErrorCode ?? (error.GetRawResponse()?.Headers.TryGetValue("x-ms-error-code", out string? code) == true ? code : null);

    /// <summary>There is no such blob; a missing container is an error instead.</summary>
    public static bool MeansMissing(RequestFailedException error) => error.Status == 404 && CodeOf(error) != ContainerNotFound;

    /// <summary>The range begins at or after the end.</summary>
    public static bool MeansBeyondEnd(RequestFailedException error) => error.Status == 416;

    /// <summary>The blob has changed since it was looked at.</summary>
    public static bool MeansChanged(RequestFailedException error) => error.Status == 412;

    /// <summary>True for everything that <see cref="Translate"/> knows.</summary>
    public static bool IsOfService(Exception error, CancellationToken cancellationToken) => error switch
    {
        RequestFailedException or AuthenticationFailedException or AggregateException or HttpRequestException => true,

        // The SDK's own time-outs are cancellations that nobody asked for.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        StorageUnavailableException or FencedException or CorruptDataException => false,
        IOException => true,
        _ => false,
    };

    /// <summary>The port's exception.</summary>
    /// <param name="location">Container, without secrets.</param>
    /// <param name="name">The object, or what was asked for.</param>
    /// <param name="isConditionalPut">Whether a failed condition is what the put's caller is to know.</param>
    /// <param name="error">What the SDK threw.</param>
    public static IOException Translate(string location, string name, bool isConditionalPut, Exception error)
    {
        if (error is RequestFailedException { Status: > 0 } answer)
        {
            string what = Describe(answer);
            bool isFenced = isConditionalPut
                && (answer.Status == 412 || (answer.Status == 409 && CodeOf(answer) is BlobAlreadyExists or ConditionNotMet or TargetConditionNotMet)
                    || (answer.Status == 404 && CodeOf(answer) != ContainerNotFound));
            return isFenced
                ? new FencedException($"{location}/{name}: the condition of the put does not hold ({what}).")
                : new StorageUnavailableException($"{location}/{name}: {what}. {Mend(answer)}");
        }

        return error switch
        {
            AuthenticationFailedException => new StorageUnavailableException(
                $"{location}: Microsoft Entra ID gave no token. Give this process a managed identity or a developer's sign-in (az login); with several identities set AZURE_CLIENT_ID. {error.Message}"),
            OperationCanceledException => new StorageUnavailableException($"{location}/{name}: no answer in time. It is tried again."),
            _ => new StorageUnavailableException($"{location}/{name}: cannot be reached: {Innermost(error).Message} Check the network, and GrainStream:Storage:Azure."),
        };
    }

    private static string Describe(RequestFailedException answer)
    {
        string? request = answer.GetRawResponse()?.Headers.TryGetValue("x-ms-request-id", out string? id) == true ? $", request {id}" : null;
        return string.Create(CultureInfo.InvariantCulture, $"HTTP {answer.Status} {CodeOf(answer) ?? "without error code"}{request}");
    }

    private static string Mend(RequestFailedException answer) => answer.Status switch
    {
        401 or 403 => "Check the key or SAS (is it expired? may it read, create, write, delete and list?), or give the identity the role Storage Blob Data Contributor on the container; "
            + "the account's firewall refuses in the same way.",
        404 => "The container is missing; make it, or let this process make it.",
        408 or 429 or 500 or 503 => "The storage account is busy or throttles; tried again as late as it asked, without success so far.",
        409 => "The storage account does not allow it now (container being deleted, lease, immutability policy).",
        _ => "It is tried again; should it stay, the request id helps Azure's support.",
    };

    private static Exception Innermost(Exception error)
    {
        while (error is AggregateException or RequestFailedException && error.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }
}
