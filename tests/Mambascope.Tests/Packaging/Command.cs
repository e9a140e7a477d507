using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Xunit;

namespace Mambascope.Tests.Packaging;

/// <summary>A program, run to its end as a user would run it, and everything it said.</summary>
internal sealed record Command(string Out, string Error)
{
    private static readonly TimeSpan longest = TimeSpan.FromMinutes(8);

    /// <summary>The .NET installation that runs this test.</summary>
    private static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Runs <c>dotnet</c>; fails the test unless it ends with 0.</summary>
    public static Task<Command> Dotnet(string folder, params string[] arguments)
        => Run(Path.Combine(DotnetRoot, "dotnet"), folder, arguments);

    /// <summary>Runs a program; fails the test unless it ends with 0.</summary>
    public static Task<Command> Run(string program, string folder, params string[] arguments) => Run(program, folder, [], arguments);

    /// <summary>The same with environment variables of its own.</summary>
    public static async Task<Command> Run(
        string program, string folder, IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ROOT"] = DotnetRoot;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        if (PackedProduct.IsStranger(folder))
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(folder, ".packages");
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = new Process { StartInfo = start };
        var (output, error) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        process.ErrorDataReceived += (_, line) => error.AppendLine(line.Data);
        var clock = Stopwatch.StartNew();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(longest);
        try
        {
            await process.WaitForExitAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {longest}\n{output}\n{error}");
        }

        TestContext.Current.SendDiagnosticMessage(
            $"{clock.Elapsed.TotalSeconds:0.0} s: {Path.GetFileName(program)} {string.Join(' ', arguments)}");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\nended with {process.ExitCode}\n{output}\n{error}");
        return new(output.ToString(), error.ToString());
    }
}
