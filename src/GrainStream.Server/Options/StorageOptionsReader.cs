using System.Text.RegularExpressions;
using GrainStream.Storage.Azure;
using GrainStream.Storage.FileSystem.Objects;

namespace GrainStream.Server.Options;

/// <summary>Reads the settings below <c>GrainStream:Storage</c>, and what is wrong with them together.</summary>
internal static partial class StorageOptionsReader
{
    private static readonly Setting[] OfAzure =
        [ServerSettings.StorageAzureConnectionString, ServerSettings.StorageAzureContainerUri, ServerSettings.StorageAzureContainer];

    /// <param name="section">The settings; problems are noted there.</param>
    /// <param name="dataDirectory">What the objects' directory counts from if it is not set: an absolute path.</param>
    /// <param name="baseDirectory">What a relative directory counts from.</param>
    public static StorageOptions Read(SettingsSection section, string dataDirectory, string baseDirectory)
    {
        StorageKind kind = section.Read(ServerSettings.StorageKind);
        string directory = section.Read(ServerSettings.StorageDirectory);
        if (kind == StorageKind.AzureBlob)
        {
            return new StorageOptions { Blobs = ReadAzure(section) };
        }

        foreach (Setting setting in OfAzure.Where(section.IsSet))
        {
            section.Refuse(setting, null, $"It is set, but {SettingsSection.Name}:{ServerSettings.StorageKind.Key} is FileSystem. Set that to AzureBlob, or leave this out.");
        }

        return new StorageOptions
        {
            Files = new FileObjectStoreOptions
            {
                Directory = directory.Length > 0 ? Path.GetFullPath(directory, baseDirectory) : Path.Combine(dataDirectory, "objects"),
            },
        };
    }

    private static BlobObjectStoreOptions ReadAzure(SettingsSection section)
    {
        if (section.IsSet(ServerSettings.StorageDirectory))
        {
            section.Refuse(
                ServerSettings.StorageDirectory, null, $"It is set, but {SettingsSection.Name}:{ServerSettings.StorageKind.Key} is AzureBlob. Leave it out, or set that to FileSystem.");
        }

        string connectionString = section.Read(ServerSettings.StorageAzureConnectionString);
        Uri? containerUri = section.Read(ServerSettings.StorageAzureContainerUri);
        string container = section.Read(ServerSettings.StorageAzureContainer);
        if (connectionString.Length == 0 && containerUri is null && !section.HasProblem(ServerSettings.StorageAzureContainerUri))
        {
            section.Refuse(
                ServerSettings.StorageAzureContainerUri,
                null,
                "It or Storage:Azure:ConnectionString must be set where Storage:Kind is AzureBlob. For example https://account.blob.core.windows.net/grainstream, "
                + "with a SAS in its query, or without one for a managed identity.");
        }
        else if (connectionString.Length > 0 && containerUri is not null)
        {
            section.Refuse(ServerSettings.StorageAzureConnectionString, null, "Storage:Azure:ContainerUri is set too. Leave one of them out.");
        }
        else if (containerUri is not null && section.IsSet(ServerSettings.StorageAzureContainer))
        {
            section.Refuse(ServerSettings.StorageAzureContainer, null, "Storage:Azure:ContainerUri names a container already. Leave this out.");
        }

        return new BlobObjectStoreOptions
        {
            ConnectionString = connectionString.Length > 0 ? connectionString : null,
            ContainerUri = containerUri,
            Container = container,
        };
    }

    /// <summary>FileSystem or AzureBlob, in any case.</summary>
    public static bool Kind(string text, out StorageKind value, out string mend)
    {
        mend = $"There is no such store. Write {string.Join(" or ", Enum.GetNames<StorageKind>())}.";
        return Enum.TryParse(text.Trim(), ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text.Trim()[0]);
    }

    /// <summary>Any text.</summary>
    public static bool Text(string text, out string value, out string mend)
    {
        (value, mend) = (text.Trim(), "");
        return true;
    }

    /// <summary>A container's name: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata.</summary>
    public static bool Container(string text, out string value, out string mend)
    {
        value = text.Trim();
        mend = "It is no name of a container: 3 to 63 lower-case letters, digits and single hyphens, beginning and ending with a letter or digit.";
        return ContainerName().IsMatch(value);
    }

    /// <summary>An address of a container; empty for none.</summary>
    public static bool ContainerUri(string text, out Uri? value, out string mend)
    {
        value = null;
        mend = "It is no address of a container. Write one such as https://account.blob.core.windows.net/grainstream, with a SAS in its query or without.";
        if (text.Trim().Length == 0)
        {
            return true;
        }

        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out value) || value.AbsolutePath.Trim('/').Length == 0 || value.Scheme is not ("https" or "http"))
        {
            return false;
        }

        mend = "What is sent to it would be readable on the way: write https://, as is needed for any address but this machine's own.";
        return value.Scheme == "https" || value.IsLoopback;
    }

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex ContainerName();
}
