using System.Globalization;
using System.Numerics;
using Mambascope.Attribution;
using Mambascope.Imaging.Reports;

namespace Mambascope.Cli.Texts;

/// <summary>An explanation of text as one page: for every method the text, coloured; tokens, ids and scores show when pointed at.</summary>
internal static class TextExplanationPage
{
    private const int NextTokens = 5;

    internal static HtmlReport Of<T>(TextExplanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var request = explanation.Request;
        var report = new HtmlReport($"Why {explanation.Question}", $"What {explanation.Model.Name} expects next {explanation.Place}, and which tokens of the text make it do so.")
            .Fact("model", explanation.Model.Name)
            .Fact("input", $"{request.Input}, {explanation.Text.Tokens.Count} tokens")
            .Fact("position", $"{explanation.Position}")
            .Fact("most likely next", string.Join(", ", explanation.Top(NextTokens).Select(score => $"{ReadText.Quote(score.Text, score.Id)} {Percent(score.Probability)}")))
            .Fact("explained", $"{explanation.Question}, {Percent(explanation.Target.Probability)}{(explanation.Against is { } against ? $" against {Percent(against.Probability)}" : "")}");
        var pieces = ShownPiece.Of(explanation.Text);
        foreach (var (method, map) in explanation.Panels)
        {
            var section = report.Section(method.Title).Text($"{char.ToUpperInvariant(method.Description[0])}{method.Description[1..]}.");
            if (explanation.Note(method, map) is { Length: > 0 } note)
            {
                section.Text($"({note})");
            }

            section.Marked(Marked(explanation, pieces, map));
        }

        return report;
    }

    /// <summary>A page of many explanations of the same text: a click on a token shows what comes after it, and why.</summary>
    /// <param name="explanations">One for each position, in order.</param>
    internal static HtmlReport Of<T>(IReadOnlyList<TextExplanation<T>> explanations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (last, pieces) = (explanations[^1], ShownPiece.Of(explanations[^1].Text));
        var report = new HtmlReport($"What {last.Model.Name} expects, token by token", "Click a token to see what the model expected after it, and which tokens made it do so.")
            .Fact("model", last.Model.Name)
            .Fact("input", $"{last.Request.Input}, {last.Text.Tokens.Count} tokens");
        var section = report.Section("After any token");
        foreach (var (method, map) in last.Panels)
        {
            section.Text($"{method.Title}: {method.Description}{(last.Note(method, map) is { Length: > 0 } note ? $" ({note})" : "")}.");
        }

        section.Views([.. explanations.Select(explanation => new ReportView(
            ViewOf(explanation.Position),
            $"{char.ToUpperInvariant(explanation.Place[0])}{explanation.Place[1..]}: {string.Join(", ", explanation.Top(NextTokens).Select(score => $"{ReadText.Quote(score.Text, score.Id)} {Percent(score.Probability)}"))}",
            [.. explanation.Panels.Select(panel => (panel.Method.Title, Marked(explanation, pieces, panel.Map, isClickable: true)))]))], explanations.Count - 1);
        return report;
    }

    private static string ViewOf(int position) => $"after-{position}";

    private static MarkedText Marked<T>(TextExplanation<T> explanation, IReadOnlyList<ShownPiece> pieces, RelevanceMap<T> map, bool isClickable = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, largest) = TextExplanation<T>.Values(map);
        return new(
            [.. pieces.Select(piece => new MarkedPiece(piece.Text, piece.Strength(values, largest), Description(explanation, piece, values), isClickable ? ViewOf(piece.First + piece.Count - 1) : null)
            {
                IsHere = isClickable && explanation.Position >= piece.First && explanation.Position < piece.First + piece.Count,
            })],
            values.Any(value => value < 0) ? $"{Number(-largest)} against" : null,
            $"{Number(largest)} for");
    }

    private static string Description<T>(TextExplanation<T> explanation, ShownPiece piece, double[] values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => string.Join("; ", Enumerable.Range(piece.First, piece.Count).Select(t =>
        {
            var token = explanation.Text.Tokens[t];
            return $"token {t}, {ReadText.Quote(token.Text, token.Id)}: {Number(values[t])}";
        }));

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
