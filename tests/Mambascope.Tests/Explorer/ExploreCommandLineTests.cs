using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Mambascope.Tests.Cli;
using Xunit;

namespace Mambascope.Tests.Explorer;

/// <summary>The verb that serves the page.</summary>
public sealed class ExploreCommandLineTests
{
    private static string Sample => Path.Combine(Repository.Root, "samples", "two-items.png");

    [Theory]
    [InlineData(1, "--port", "70000", "expected a whole number from 0 to 65535")]
    [InlineData(1, "--address", "nonsense", "expected an address")]
    [InlineData(1, "--precision", "double", "single precision")]
    [InlineData(2, "--picture", "nothing.png", "nothing.png: no such file")]
    [InlineData(2, "--series", "motifs:24#40", "has no case 40")]
    [InlineData(2, "no-such-model", "--threads=1", "no-such-model was not found")]
    public void What_cannot_be_served_is_said_in_one_line(int exitCode, string first, string second, string words)
        => CliRun.Of("explore", first, second).AssertFailed(exitCode, words);

    [Fact]
    public void A_port_that_is_taken_is_said_in_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        CliRun.Of("explore", "demo-mamba", "--port", $"{port}").AssertFailed(2, $"port {port}", "--port");
    }

    [Fact]
    public async Task It_prints_its_address_serves_the_page_and_ends_with_Ctrl_C_and_exit_code_0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs the signals of a Unix");
        Assert.SkipWhen(IgnoresInterrupts(), "this process was started with interrupts ignored (nohup), and its children are, too");
        string[] words = ["explore", "demo-vim", "--port", "0", "--picture", Sample, "--view", "tool=look"];
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Mambascope.Cli.dll"), .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            var address = new Uri((await process.StandardOutput.ReadLineAsync(limit.Token))!);
            Assert.Equal("127.0.0.1", address.Host);
            Assert.Equal("#tool=look", address.Fragment);
            using var client = new HttpClient();
            Assert.Contains("Mambascope", await client.GetStringAsync(address, limit.Token), StringComparison.Ordinal);
            var contents = await client.GetStringAsync(new Uri(address, "/api/contents"), limit.Token);
            Assert.Contains("\"pictures\":[\"two-items.png\",\"two-items\"", contents, StringComparison.Ordinal);
            using var signal = Process.Start("kill", ["-INT", $"{process.Id}"]);
            await process.WaitForExitAsync(limit.Token);
            Assert.Equal(0, process.ExitCode);
            Assert.Empty(await process.StandardError.ReadToEndAsync(limit.Token));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    // Bit 1 of the ignored signals: SIGINT. A child inherits it, and nothing gives it back.
    private static bool IgnoresInterrupts()
        => File.Exists("/proc/self/status")
            && File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) is { } line
            && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & 2) != 0;
}
