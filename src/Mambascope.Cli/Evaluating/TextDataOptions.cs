using System.CommandLine;
using Mambascope.Evaluation.Planted;
using Mambascope.Evaluation.TextDatasets;

namespace Mambascope.Cli.Evaluating;

/// <summary>Which texts are asked about: --data and what it needs.</summary>
internal sealed class TextDataOptions
{
    private readonly Option<string?> data = OptionKinds.Text("--data", "DATA", $"{string.Join(" or ", PlantedTasks.All.Select(task => $"{task.Name}:COUNT"))} (planted truth, for models of bytes)");

    internal TextDataOptions(Command verb) => verb.Add(data);

    /// <summary>Opens the data set.</summary>
    internal ITextDataset Open(Session session)
    {
        var word = session.Arguments.GetValue(data) ?? throw new UsageException($"--data is missing; for example --data {PlantedTasks.All[0].Name}:200");
        return TextDatasetSpecification.Open(word);
    }
}
