using System.Text.RegularExpressions;
using Mambascope.Evaluation.Datasets;
using Mambascope.Imaging;
using Xunit;

namespace Mambascope.Tests.Packaging;

/// <summary>A stranger references the packages and runs the program of the README.</summary>
[Collection(UsesPackages.Name)]
public sealed class InstalledLibraryTests(PackedProduct product)
{
    [Fact]
    public void The_program_of_the_readme_has_about_ten_lines()
        => Assert.InRange(ReadmeExample.Read().Split('\n').Count(line => line.Trim().Length > 0 && !line.StartsWith('#')), 5, 12);

    [Fact]
    public async Task The_program_of_the_readme_explains_a_picture()
    {
        var home = product.Stranger("library");
        var shipped = typeof(FashionScenes).Assembly.GetName().Version!.ToString(3);
        Assert.Contains($"@{shipped}", ReadmeExample.Read(), StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(home, "why.cs"),
            ReadmeExample.Read().Replace($"@{shipped}", $"@{product.Version}", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        var run = await Command.Dotnet(home, "run", "why.cs");

        Assert.Matches($"^({string.Join('|', FashionScenes.ClassNames.Select(Regex.Escape))}) [0-9.]+ %", run.Out);
        var picture = Path.Combine(home, "why.png");
        Assert.True(File.Exists(picture), $"no why.png; there are {string.Join(", ", Directory.GetFiles(home).Select(Path.GetFileName))}");
        Assert.True(ImageFile.Decode(picture).Width > 2 * FashionScenes.Size, "a sheet of two panels is wider than two pictures");
        Assert.True(
            File.Exists(Path.Combine(home, ".packages", "mambascope", product.Version, "licenses", "Fashion-MNIST", "LICENSE")),
            "the package of this test was not the one in use");
    }
}
