using System.IO.Compression;
using System.Text;
using Xunit;

namespace Mambascope.Tests.Packaging;

/// <summary>What lies in the packages, and what must not.</summary>
[Collection(UsesPackages.Name)]
public sealed class PackageContentTests(PackedProduct product)
{
    private static readonly string[] everywhere = ["README.md", "LICENSE", "THIRD-PARTY-NOTICES.md"];

    [Theory]
    [InlineData(
        "Mambascope", "lib/net10.0/Mambascope.dll", "lib/net10.0/Mambascope.xml", "licenses/Fashion-MNIST/LICENSE",
        "licenses/WordNet/LICENSE", "licenses/Unicode/LICENSE")]
    [InlineData("Mambascope.Imaging", "lib/net10.0/Mambascope.Imaging.dll", "lib/net10.0/Mambascope.Imaging.xml", "licenses/Inter/OFL.txt")]
    [InlineData(
        "Mambascope.DemoVim",
        "models/demo-vim/model.safetensors",
        "models/demo-vim/config.json",
        "buildTransitive/Mambascope.DemoVim.targets")]
    [InlineData(
        "Mambascope.DemoText",
        "models/demo-mamba/model.safetensors",
        "models/planted-neox/config.json",
        "buildTransitive/Mambascope.DemoText.targets")]
    [InlineData("Mambascope.Tool", "tools/any/any/DotnetToolSettings.xml")]
    public void A_package_holds_its_files_with_licences(string id, params string[] files)
    {
        using var package = product.Open(id);
        var names = Names(package);
        Assert.All([.. everywhere, .. files], file => Assert.Contains(file, names));
        Assert.DoesNotContain(names, name => name.EndsWith(".pdb", StringComparison.Ordinal));
        Assert.Contains("<license type=\"expression\">MIT</license>", Text(package, id + ".nuspec"), StringComparison.Ordinal);
        AssertNoPathOfThisMachine(package);
    }

    [Theory]
    [InlineData("Mambascope")]
    [InlineData("Mambascope.Imaging")]
    public void Symbols_are_packed_apart(string id)
    {
        using var package = product.Open(id, "snupkg");
        Assert.Contains($"lib/net10.0/{id}.pdb", Names(package));
        AssertNoPathOfThisMachine(package);
    }

    [Fact]
    public void The_imaging_package_asks_for_the_library_of_its_own_version()
    {
        using var package = product.Open("Mambascope.Imaging");
        Assert.Contains(
            $"<dependency id=\"Mambascope\" version=\"{product.Version}\"",
            Text(package, "Mambascope.Imaging.nuspec"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_tool_of_a_platform_holds_the_model_and_only_the_native_library_of_the_platform()
    {
        using var package = product.Open("Mambascope.Tool." + PackedProduct.Platform);
        var names = Names(package);
        var root = $"tools/net10.0/{PackedProduct.Platform}/";
        string[] files =
        [
            "Mambascope.Cli.dll",
            "models/demo-vim/model.safetensors",
            "models/demo-vim/config.json",
            "models/demo-vim/preprocessor_config.json",
        ];
        Assert.All(files.Select(file => root + file), file => Assert.Contains(file, names));
        Assert.All(
            [
                .. everywhere, "licenses/Fashion-MNIST/LICENSE", "licenses/WordNet/LICENSE", "licenses/Unicode/LICENSE",
                "licenses/Inter/OFL.txt",
            ],
            file => Assert.Contains(file, names));
        Assert.Single(names, name => Path.GetFileName(name).StartsWith("libSkiaSharp", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name =>
            Path.GetExtension(name) is ".pdb" or ".xml"
            && !name.EndsWith("/DotnetToolSettings.xml", StringComparison.Ordinal)
            && !name.StartsWith('['));
        AssertNoPathOfThisMachine(package);
    }

    private static string[] Names(ZipArchive package) => [.. package.Entries.Select(entry => entry.FullName)];

    private static string Text(ZipArchive package, string name)
    {
        using var reader = new StreamReader(package.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }

    // Debug builds name their sources by full path, for debuggers; what ships must not.
    private static void AssertNoPathOfThisMachine(ZipArchive package)
    {
        if (!PackedProduct.IsRelease)
        {
            return;
        }

        var (utf8, utf16) = (Encoding.UTF8.GetBytes(Repository.Root), Encoding.Unicode.GetBytes(Repository.Root));
        foreach (var entry in package.Entries)
        {
            using var bytes = new MemoryStream();
            using (var content = entry.Open())
            {
                content.CopyTo(bytes);
            }

            var span = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
            Assert.True(span.IndexOf(utf8) < 0 && span.IndexOf(utf16) < 0, $"{entry.FullName} names {Repository.Root}");
        }
    }
}
