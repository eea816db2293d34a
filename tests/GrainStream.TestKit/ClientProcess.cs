using System.Diagnostics;

namespace GrainStream.TestKit;

/// <summary>Runs a client program to its end.</summary>
public static class ClientProcess
{
    /// <summary>Beyond what any client needs; a hanging one is ended and what it printed is shown.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program and returns how it ended and what it printed.</summary>
    /// <param name="program">A command or a path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Standard input; null for none.</param>
    /// <param name="timeout">When it is ended; null: <see cref="DefaultTimeout"/>.</param>
    /// <param name="environment">Environment variables it gets beside this process's.</param>
    /// <exception cref="TimeoutException">It was ended.</exception>
    public static async Task<ClientResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        byte[]? input = null,
        TimeSpan? timeout = null,
        IEnumerable<KeyValuePair<string, string>>? environment = null)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        foreach ((string name, string value) in environment ?? [])
        {
            process.StartInfo.Environment[name] = value;
        }

        process.Start();
        using MemoryStream output = new();
        Task copied = process.StandardOutput.BaseStream.CopyToAsync(output);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource expired = new(timeout ?? DefaultTimeout);
        try
        {
            await WriteInputAsync(process, input, expired.Token);
            await Task.WhenAll(copied, errors).WaitAsync(expired.Token);
            await process.WaitForExitAsync(expired.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await Task.WhenAll(copied, errors);
            throw new TimeoutException(
                $"{program} {string.Join(' ', arguments)} did not end in time. Standard error:\n{await errors}\nStandard output ({output.Length} bytes):\n{Head(output)}");
        }

        return new ClientResult($"{program} {string.Join(' ', arguments)}", process.ExitCode, output.ToArray(), await errors);
    }

    private static async Task WriteInputAsync(Process process, byte[]? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(input, cancellationToken);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended before it read everything; its exit status and standard error say why.
        }
    }

    private static string Head(MemoryStream output) =>
        System.Text.Encoding.UTF8.GetString(output.GetBuffer(), 0, (int)Math.Min(output.Length, 2000));
}
