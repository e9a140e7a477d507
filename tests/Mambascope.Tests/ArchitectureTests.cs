using System.Text.RegularExpressions;
using Mambascope.Models;
using Xunit;

namespace Mambascope.Tests;

/// <summary>The folders of the library depend on each other in one direction only, in the order of ARCHITECTURE.md.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] order =
    [
        "Numerics", "Autodiff", "Tracing", "Attention", "Checkpoints", "Inputs", "Models", "Attribution", "Evaluation",
        "Application",
    ];

    // Inside Evaluation: arithmetic of single maps, then data, then what is measured, measures, runs.
    private static readonly string[] evaluationOrder =
    [
        "Statistics",
        "Reports",
        "Complexity|Segmentation|Perturbation|Sanity",
        "Localisation|Faithfulness|Robustness",
        "Datasets",
        "Planted",
        "TextDatasets",
        "SeriesDatasets",
        "Controls",
        "Results",
        "Cases",
        "Texts",
        "Measures",
        "Summaries",
        "Runs",
        "Published",
    ];

    [Fact]
    public void No_folder_of_the_evaluation_uses_a_later_one()
    {
        var evaluation = Path.Combine(RepositoryRoot(), "src", "Mambascope", "Evaluation");
        string[] folders = [.. Directory.GetDirectories(evaluation).Select(folder => Path.GetFileName(folder)!)];
        Assert.Equal(
            evaluationOrder.SelectMany(entry => entry.Split('|')).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
        var violations = new List<string>();
        foreach (var file in Directory.EnumerateFiles(evaluation, "*.cs", SearchOption.AllDirectories))
        {
            // Files that stand in no folder serve all of them and use none.
            var rank = Rank(evaluationOrder, Path.GetRelativePath(evaluation, file).Split(Path.DirectorySeparatorChar)[0]);
            violations.AddRange(
                EvaluationNamespace()
                    .Matches(File.ReadAllText(file))
                    .Select(match => match.Groups["folder"].Value)
                    .Where(folder => Rank(evaluationOrder, folder) > rank)
                    .Select(folder => $"{Path.GetRelativePath(evaluation, file)} uses {folder}"));
        }

        Assert.Empty(violations);
    }

    // Rooms of the other folders: what stands in a folder itself serves its rooms, and rooms side by side know nothing of each other.
    [Theory]
    [InlineData("Autodiff", "Autodiff.Operators")]
    [InlineData("Checkpoints", "Checkpoints.Hub")]
    [InlineData("Inputs/Images", "Inputs.Text")]
    [InlineData("Inputs/Text", "Inputs.Images")]
    [InlineData("Inputs/Series", "Inputs.Images")]
    [InlineData("Inputs/Series", "Inputs.Text")]
    public void No_folder_uses_a_room_above_or_beside_it(string folder, string room)
    {
        var files = Directory.GetFiles(Path.Combine([RepositoryRoot(), "src", "Mambascope", .. folder.Split('/')]), "*.cs");
        Assert.NotEmpty(files);
        Assert.DoesNotContain(
            files, file => File.ReadAllText(file).Contains($"using Mambascope.{room};", StringComparison.Ordinal));
    }

    [Fact]
    public void No_folder_uses_a_later_one()
    {
        var library = Path.Combine(RepositoryRoot(), "src", "Mambascope");
        var violations = new List<string>();
        var files = 0;
        foreach (var file in Directory.EnumerateFiles(library, "*.cs", SearchOption.AllDirectories))
        {
            var folder = Path.GetRelativePath(library, file).Split(Path.DirectorySeparatorChar)[0];
            var rank = Rank(order, folder);
            if (rank < 0)
            {
                continue; // the root, bin, obj
            }

            files++;
            foreach (Match match in UsedNamespace().Matches(File.ReadAllText(file)))
            {
                if (Rank(order, match.Groups["folder"].Value) > rank)
                {
                    violations.Add($"{Path.GetRelativePath(library, file)} uses {match.Groups["folder"].Value}");
                }
            }
        }

        Assert.True(files > 100, $"only {files} source files found below {library}");
        Assert.Empty(violations);
    }

    [Fact]
    public void Nothing_outside_the_models_asks_which_of_them_it_holds()
    {
        var models = typeof(IModel)
            .Assembly.GetTypes()
            .Where(type => typeof(IModel).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => type.Name)
            .ToArray();
        Assert.True(models.Length >= 5, string.Join(", ", models));
        var names = new Regex(
            $@"(?<![\w.])({string.Join('|', models)})(Config|Weights|BlockWeights|Checkpoint|Architecture)?\b",
            RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(10));
        var root = RepositoryRoot();
        var found = new[] { "src", "training", "benchmarks" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file =>
                (Path: Path.GetRelativePath(root, file).Replace('\\', '/'), Code: SourceCode.WithoutProse(File.ReadAllText(file))))
            .ToLookup(
                file => MayNameModels(file.Path), file => names.Matches(file.Code).Select(match => $"{file.Path} names {match.Value}"));
        Assert.True(found[true].Sum(inFile => inFile.Count()) > 100, "the scan must see names where they are");
        Assert.Empty(found[false].SelectMany(inFile => inFile));
    }

    // A recipe of training says what it trains; the paper's column of tables is called Mamba.
    private static bool MayNameModels(string file)
        => file.StartsWith("src/Mambascope/Models/", StringComparison.Ordinal)
            || file.Contains("/obj/", StringComparison.Ordinal)
            || (file.StartsWith("training/", StringComparison.Ordinal) && file.EndsWith("Settings.cs", StringComparison.Ordinal))
            || file.EndsWith("/PublishedModel.cs", StringComparison.Ordinal);

    private static int Rank(string[] order, string folder)
        => Array.FindIndex(order, entry => entry.Split('|').Contains(folder, StringComparer.Ordinal));

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Mambascope.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new DirectoryNotFoundException(
                "The tests run from a clone of the repository; Mambascope.slnx was not found above " + AppContext.BaseDirectory);
    }

    [GeneratedRegex(
        @"^using (static )?Mambascope\.Evaluation\.(?<folder>\w+)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex EvaluationNamespace();

    [GeneratedRegex(
        @"Mambascope\.(?<folder>Numerics|Autodiff|Checkpoints|Inputs|Models|Tracing|Attention|Attribution|Evaluation|Application)\b",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex UsedNamespace();
}
