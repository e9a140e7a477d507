using System.Globalization;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Evaluation.Cases;
using Mambascope.Evaluation.Measures;
using Mambascope.Evaluation.Results;
using Mambascope.Evaluation.Summaries;
using Mambascope.Evaluation.TextDatasets;
using Mambascope.Imaging.Reports;
using Mambascope.Models;

namespace Mambascope.Cli.Evaluating;

/// <summary>Some texts of an evaluation with their maps, coloured, for a report.</summary>
internal sealed class TextExamples(
    IMeasure measure, ITextDataset data, IReadOnlyList<TextModel> models, IReadOnlyList<IReadOnlyList<MeasuredMethod>> methods)
{
    private const int LongestShown = 4096;

    /// <summary>
    /// For each model the best, the middle and the worst question by the measure's first figure of the method that does best by it.
    /// </summary>
    internal void AddTo(HtmlReport report, EvaluationSummary summary)
    {
        var measured = summary.Methods;
        var figure = measure.Figures[0];
        for (var m = 0; m < models.Count; m++)
        {
            var (model, own) = (models[m], methods[m].Where(method => method.Attribution is not null).ToArray());
            if (own.Length == 0 || model.Tokenizer is null)
            {
                continue;
            }

            var lines = figure.In(measured).Where(each => each.Model == model.Name && each.Lines.Count > 0)
                .ToDictionary(each => each.Method, each => each.Lines, StringComparer.Ordinal);
            var sign = figure.IsHigherBetter ? 1 : -1;
            if (
                own.Where(method => lines.ContainsKey(method.Name)).MaxBy(method => sign * lines[method.Name].Average(figure.PerCase))
                is not { } best)
            {
                continue;
            }

            var ordered = lines[best.Name].OrderByDescending(line => sign * figure.PerCase(line)).ThenBy(line => line.Index).ToArray();
            var section = report.Section($"{model.Name}: best, median and worst question of {best.Name}");
            var reader = new TokenReader(model.Name, model.Tokenizer);
            foreach (var (place, line) in new[] { ("Best", ordered[0]), ("Median", ordered[ordered.Length / 2]), ("Worst", ordered[^1]) })
            {
                var title = $"{place}: {line.Id}, {ExampleFigure.Of(summary, figure, line)}";
                Add(section, data.Read(line.Index, reader), model, best, line, title);
            }
        }
    }

    private static void Add(
        ReportSection section, TextQuestion question, TextModel model, MeasuredMethod method, ResultLine line, string title)
    {
        var tokens = model.Locate(question.Tokens);
        if (tokens.Count > LongestShown)
        {
            return;
        }

        using var run = model.Run<float>(tokens);
        using var decision = run.Decision(
            line.Explained, method.ExplainsContrasts && question.Contrast != line.Explained ? question.Contrast : null);
        var (attribution, options) = method.Attribution!.Value;
        double[] map = [.. attribution.Explain(decision, model.Model, options)[0].Values.Select(value => (double)value)];
        var largest = map.Max(Math.Abs);
        section.Text(
            $"{title}. Explained: {Quote(model, line.Explained)}; the model's answer: "
                + $"{Quote(model, line.Prediction)}{(question.Answer is { } answer ? $"; the true one: {Quote(model, answer)}" : "")}. "
                + $"{Truth(question)}");
        section.Marked(
            new(
                [
                    .. ShownPiece
                        .Of(ReadText.OfTokens(model, tokens))
                        .Select(piece => new MarkedPiece(piece.Text, piece.Strength(map, largest), Description(question, piece, map))),
                ],
                map.Any(value => value < 0) ? "against" : null,
                "for"));
    }

    private static string Quote(TextModel model, int id) => ReadText.Quote(model.Show(id), id);

    private static string Truth(TextQuestion question)
        => question.Truth is { Count: > 0 } truth
            ? $"Tokens that matter: {string.Join(", ", truth.Take(20))}{(truth.Count > 20 ? " ..." : "")}."
            : "";

    private static string Description(TextQuestion question, ShownPiece piece, double[] map)
        => string.Join(
            "; ",
            Enumerable
                .Range(piece.First, piece.Count)
                .Select(t =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"token {t}: {map[t]:G4}{(question.Truth?.Contains(t) == true ? ", matters" : "")}")));
}
