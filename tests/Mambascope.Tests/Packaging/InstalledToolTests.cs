using System.Reflection;
using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;
using Xunit;

namespace Mambascope.Tests.Packaging;

/// <summary>A stranger installs the tool and asks the model inside.</summary>
[Collection(UsesPackages.Name)]
public sealed class InstalledToolTests(PackedProduct product)
{
    [Fact]
    public async Task The_installed_tool_explains_a_picture_with_the_model_inside()
    {
        var home = product.Stranger("tool");
        await Command.Dotnet(home, "tool", "install", "Mambascope.Tool", "--version", product.Version, "--tool-path", "tools");
        var mambascope = Path.Combine(home, "tools", OperatingSystem.IsWindows() ? "mambascope.exe" : "mambascope");

        // A folder that happens to have the model's name must not be taken for it.
        Directory.CreateDirectory(Path.Combine(home, "demo-vim"));
        var explained = await Command.Run(mambascope, home, "explain", "two-items.png");
        Assert.Contains(FashionScenes.ClassNames, name => explained.Out.Contains(name, StringComparison.Ordinal));
        var picture = Path.Combine(home, "two-items.explained.png");
        Assert.True(
            File.Exists(picture),
            $"no {Path.GetFileName(picture)}; there are {string.Join(", ", Directory.GetFiles(home).Select(Path.GetFileName))}");
        Assert.True(ImageFile.Decode(picture).Width > 4 * FashionScenes.Size, "a sheet of four panels is wider than four pictures");

        var info = await Command.Run(mambascope, home, "info", "demo-vim");
        Assert.Contains(Path.Combine("models", "demo-vim", "model.safetensors"), info.Out, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(home, "tools"), info.Out, StringComparison.Ordinal);

        var help = await Command.Run(mambascope, home, "--help");
        Assert.Contains("mambascope [command]", help.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("Mambascope.Cli", help.Out, StringComparison.Ordinal);

        // Directory.Build.props names the version, and the assemblies beside this test were built with it.
        var version = typeof(FashionScenes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        Assert.StartsWith(version, (await Command.Run(mambascope, home, "--version")).Out, StringComparison.Ordinal);
    }

    // A packed tool has its code compiled, and by src/Mambascope.Cli/FirstRun.mibc the generic methods that a first picture needs: 135 are
    // left on a machine with AVX-512, most of them kernels of the widest registers. Without the profile there are 1,500.
    [Fact]
    public async Task The_installed_tool_has_hardly_anything_to_compile_for_a_first_picture()
    {
        var home = product.Stranger("first-picture");
        await Command.Dotnet(home, "tool", "install", "Mambascope.Tool", "--version", product.Version, "--tool-path", "tools");
        var list = Path.Combine(home, "compiled.txt");

        await Command.Run(
            Path.Combine(home, "tools", OperatingSystem.IsWindows() ? "mambascope.exe" : "mambascope"), home,
            [("DOTNET_JitStdOutFile", list), ("DOTNET_JitDisasmSummary", "1")], "explain", "two-items.png");

        Assert.InRange(File.ReadAllLines(list).Length, 1, 400);
    }
}
