using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;
using Mambascope.Inputs.Images;
using Xunit;

namespace Mambascope.Tests.Packaging;

/// <summary>
/// All packages, packed once from what was built, in a folder that serves as package source; and empty folders of strangers who install
/// from it. Nothing of it outlives the tests: strangers unpack into a folder of their own and read what the machine has already.
/// </summary>
public sealed class PackedProduct : IAsyncLifetime
{
    private const string Strangers = "strangers";

    private static readonly string configuration = typeof(PackedProduct)
        .Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!
        .Configuration;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("mambascope-packages-");

    /// <summary>What platform the tool is packed for here: only this one, to save time.</summary>
    public static string Platform { get; } = RuntimeInformation.RuntimeIdentifier;

    /// <summary>Whether the packed assemblies are those that would ship.</summary>
    public static bool IsRelease => configuration == "Release";

    /// <summary>A version that no package source and no cache has seen.</summary>
    public string Version { get; } = $"0.0.0-test.{DateTime.UtcNow.Ticks}";

    private string Feed => Path.Combine(folder.FullName, "feed");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string[] platforms = ["linux-x64", "linux-arm64", "win-x64", "osx-arm64"];
        Assert.True(platforms.Contains(Platform), $"the tool is made for {string.Join(", ", platforms)}, but this machine is {Platform}");
        string[] packing = ["-c", configuration, "-o", Feed, $"-p:PackageVersion={Version}"];
        await Command.Dotnet(Repository.Root, ["pack", "src/Mambascope", "--no-build", .. packing]);
        await Command.Dotnet(Repository.Root, ["pack", "src/Mambascope.Imaging", "--no-build", .. packing]);
        await Command.Dotnet(Repository.Root, ["pack", "src/Mambascope.DemoVim", .. packing]);
        await Command.Dotnet(Repository.Root, ["pack", "src/Mambascope.DemoText", .. packing]);

        // Restored before it is packed: with the test's version, restoring would write that version into the lock file. The property is
        // what `dotnet pack` sets; it brings the ahead-of-time compiler.
        await Command.Dotnet(Repository.Root, "restore", "src/Mambascope.Cli", "--locked-mode", "-p:_IsPacking=true");
        await Command.Dotnet(
            Repository.Root,
            [
                "pack", "src/Mambascope.Cli", "--no-restore", .. packing, "-p:BuildProjectReferences=false",
                $"-p:ToolPackageRuntimeIdentifiers={Platform}",
            ]);
    }

    /// <summary>
    /// A new folder of somebody who has nothing but a picture, the .NET SDK, and a NuGet.config that names the package source beside those
    /// of the machine.
    /// </summary>
    public string Stranger(string name)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder.FullName, Strangers, name)).FullName;
        var machine = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(
            Path.Combine(home, "NuGet.config"),
            $"""
            <configuration>
              <packageSources><add key="packed" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{machine}" /></fallbackPackageFolders>
            </configuration>
            """);
        var picture = FashionScenes.Test().TwoItem(0).Pixels;
        ImageFile.SavePng(new RgbImage(FashionScenes.Size, FashionScenes.Size, picture), Path.Combine(home, "two-items.png"));
        return home;
    }

    /// <summary>Whether a folder is a stranger's.</summary>
    public static bool IsStranger(string path) => Path.GetFileName(Path.GetDirectoryName(path)) == Strangers;

    /// <summary>Opens a package.</summary>
    public ZipArchive Open(string id, string extension = "nupkg")
    {
        var file = Path.Combine(Feed, $"{id}.{Version}.{extension}");
        Assert.True(
            File.Exists(file),
            $"{Path.GetFileName(file)} was not packed; there are {string.Join(", ", Directory.GetFiles(Feed).Select(Path.GetFileName))}");
        return ZipFile.OpenRead(file);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Packing takes long, so all tests of packages share one.</summary>
[CollectionDefinition(Name)]
public sealed class UsesPackages : ICollectionFixture<PackedProduct>
{
    public const string Name = "packages";
}
