using System.Text.RegularExpressions;
using Xunit;

namespace Mambascope.Tests;

/// <summary>The folders of the library depend on each other in one direction only, in the order of ARCHITECTURE.md.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] order = ["Numerics", "Autodiff", "Checkpoints", "Inputs", "Models|Tracing", "Attention", "Attribution", "Evaluation"];

    // Inside Evaluation: arithmetic of single maps, then data, then what is measured, measures, runs.
    private static readonly string[] evaluationOrder =
    [
        "Statistics", "Reports", "Complexity|Segmentation|Perturbation|Sanity", "Localisation|Faithfulness|Robustness", "Datasets", "Planted", "TextDatasets",
        "Controls", "Results", "Cases", "Texts", "Measures", "Runs", "Published",
    ];

    [Fact]
    public void No_folder_of_the_evaluation_uses_a_later_one()
    {
        var evaluation = Path.Combine(RepositoryRoot(), "src", "Mambascope", "Evaluation");
        string[] folders = [.. Directory.GetDirectories(evaluation).Select(folder => Path.GetFileName(folder)!)];
        Assert.Equal(evaluationOrder.SelectMany(entry => entry.Split('|')).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
        var violations = new List<string>();
        foreach (var file in Directory.EnumerateFiles(evaluation, "*.cs", SearchOption.AllDirectories))
        {
            // Files that stand in no folder serve all of them and use none.
            var rank = Rank(evaluationOrder, Path.GetRelativePath(evaluation, file).Split(Path.DirectorySeparatorChar)[0]);
            violations.AddRange(EvaluationNamespace().Matches(File.ReadAllText(file)).Select(match => match.Groups["folder"].Value)
                .Where(folder => Rank(evaluationOrder, folder) > rank).Select(folder => $"{Path.GetRelativePath(evaluation, file)} uses {folder}"));
        }

        Assert.Empty(violations);
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

    private static int Rank(string[] order, string folder) => Array.FindIndex(order, entry => entry.Split('|').Contains(folder, StringComparer.Ordinal));

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Mambascope.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests run from a clone of the repository; Mambascope.slnx was not found above " + AppContext.BaseDirectory);
    }

    [GeneratedRegex(@"^using (static )?Mambascope\.Evaluation\.(?<folder>\w+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex EvaluationNamespace();

    [GeneratedRegex(@"Mambascope\.(?<folder>Numerics|Autodiff|Checkpoints|Inputs|Models|Tracing|Attention|Attribution|Evaluation)\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex UsedNamespace();
}
