using System.Globalization;
using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Imaging.Reports;

namespace Mambascope.Cli.Explanations;

/// <summary>An explanation of text as one page: for every method the text, coloured; tokens, ids and scores show when pointed at.</summary>
internal static class ExplanationPage
{
    private const int NextTokens = 5;

    internal static HtmlReport Of<T>(Explanation<T> explanation, TextSubject text)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var report = new HtmlReport(
            $"Why {explanation.Question()}",
            $"What {explanation.Model.Name} expects next {explanation.Place(text)}, and which tokens of the text make it do so.")
            .Fact("model", explanation.Model.Name)
            .Fact("input", $"{text.Name}, {text.Length} tokens")
            .Fact("position", $"{explanation.Token}")
            .Fact("most likely next", MostLikely(explanation))
            .Fact(
                "explained",
                $"{explanation.Question()}, {Percent(explanation.Target.Probability)}"
                    + $"{(explanation.Against is { } against ? $" against {Percent(against.Probability)}" : "")}");
        var pieces = ShownPiece.Of(text.Read);
        foreach (var map in explanation.Maps)
        {
            var section = report
                .Section(map.Method.Title)
                .Text($"{char.ToUpperInvariant(map.Method.Description[0])}{map.Method.Description[1..]}.");
            if (map.NoteOnText(explanation) is { Length: > 0 } note)
            {
                section.Text($"({note})");
            }

            section.Marked(Marked(text.Read, pieces, map, clickedAt: null));
        }

        if (explanation.Shares is { } shares)
        {
            report.Section("Through which parts of the layers")
                .Text("Relevance of what each kind of part added to the residual stream, by the rules of MambaLRP, in units of the score. "
                    + "The rest of the score passes the layer in the stream.")
                .Chart(Shares(shares, explanation.Target.Score));
        }

        return report;
    }

    /// <summary>The text, coloured by every method.</summary>
    internal static IReadOnlyList<(string Caption, MarkedText Text)> Texts<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var text = ((TextSubject)explanation.Subject).Read;
        var pieces = ShownPiece.Of(text);
        return
        [
            .. explanation.Maps.Select(map =>
            {
                var note = map.NoteOnText(explanation);
                return ($"{map.Method.Title}{(note.Length > 0 ? $" ({note})" : "")}", Marked(text, pieces, map, clickedAt: null));
            }),
        ];
    }

    private static LineChart Shares(IReadOnlyList<LayerShares> layers, double score)
    {
        var names = layers.SelectMany(layer => layer.Parts).Select(part => part.Key).Distinct(StringComparer.Ordinal);
        return new(
            $"Relevance by layer; the score is {Number(score)}",
            new("layer") { Minimum = -0.5, Maximum = layers.Count - 0.5 },
            new("relevance"),
            [
                .. names.Select(name => new ChartSeries(name, [
                    .. layers.SelectMany(layer => layer.Parts.Where(part => part.Key == name).Select(part =>
                        new ChartPoint(layer.Layer, part.Value))),
                ])),
            ])
        {
            IsBars = true,
        };
    }

    /// <summary>A page of many explanations of the same text: a click on a token shows what comes after it, and why.</summary>
    /// <param name="explanations">One for each position, in order.</param>
    internal static HtmlReport Of<T>(IReadOnlyList<Explanation<T>> explanations)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (last, text) = (explanations[^1], (TextSubject)explanations[^1].Subject);
        var pieces = ShownPiece.Of(text.Read);
        var report = new HtmlReport(
            $"What {last.Model.Name} expects, token by token",
            "Click a token to see what the model expected after it, and which tokens made it do so.")
            .Fact("model", last.Model.Name)
            .Fact("input", $"{text.Name}, {text.Length} tokens");
        var section = report.Section("After any token");
        foreach (var map in last.Maps)
        {
            section.Text(
                $"{map.Method.Title}: {map.Method.Description}{(map.NoteOnText(last) is { Length: > 0 } note ? $" ({note})" : "")}.");
        }

        section.Views(
            [
                .. explanations.Select(explanation => new ReportView(
                    ViewOf(explanation.Token),
                    $"{Capital(explanation.Place(text))}: {MostLikely(explanation)}",
                    [.. explanation.Maps.Select(map => (map.Method.Title, Marked(text.Read, pieces, map, explanation.Token)))])),
            ],
            explanations.Count - 1);
        return report;
    }

    private static string ViewOf(int position) => $"after-{position}";

    private static string Capital(string sentence) => $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}";

    private static string MostLikely<T>(Explanation<T> explanation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        string.Join(
            ", ",
            explanation.Top(NextTokens).Select(answer => $"{ReadText.Quote(answer.Label, answer.Index)} {Percent(answer.Probability)}"));

    // Where a click picks the token, the one that is picked is marked.
    private static MarkedText Marked<T>(ReadText text, IReadOnlyList<ShownPiece> pieces, MethodMap<T> map, int? clickedAt)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (values, largest) = map.Values();
        return new(
            [
                .. pieces.Select(piece => new MarkedPiece(
                    piece.Text,
                    piece.Strength(values, largest),
                    Description(text, piece, values),
                    clickedAt is null ? null : ViewOf(piece.First + piece.Count - 1))
                {
                    IsHere = clickedAt >= piece.First && clickedAt < piece.First + piece.Count,
                }),
            ],
            values.Any(value => value < 0) ? $"{Number(-largest)} against" : null,
            $"{Number(largest)} for");
    }

    private static string Description(ReadText text, ShownPiece piece, double[] values)
        => string.Join("; ", Enumerable.Range(piece.First, piece.Count).Select(t => $"token {t}, {text.Quote(t)}: {Number(values[t])}"));

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";
}
