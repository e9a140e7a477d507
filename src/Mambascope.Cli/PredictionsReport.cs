using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>Answers with their probabilities, for people.</summary>
internal static class PredictionsReport
{
    internal static void Write(TextWriter output, IEnumerable<Prediction> answers, ModelInput reads)
    {
        var isText = reads == ModelInput.Text;
        var table = new TextTable(" ", "", isText ? "" : " ");
        foreach (var answer in answers)
        {
            var (label, number) = isText ? OfToken(answer) : OfClass(answer);
            table.Add(answer.Amount, label, number);
        }

        table.Write(output, "  ");
    }

    private static (string Label, string Number) OfClass(Prediction answer)
        => (answer.Label, answer.Value is not null || answer.Label == $"class {answer.Index}" ? "" : $"class {answer.Index}");

    private static (string Label, string Number) OfToken(Prediction answer)
        => (answer.Label == $"[{answer.Index}]" ? "" : $"'{ShownText.Line(answer.Label)}'", $"id {answer.Index}");
}
