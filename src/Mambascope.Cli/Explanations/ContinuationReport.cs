using System.Globalization;
using System.Numerics;
using Mambascope.Application;
using Mambascope.Imaging;

namespace Mambascope.Cli.Explanations;

/// <summary>A continuation for people: in words, and as a picture of its matrix.</summary>
internal static class ContinuationReport
{
    private const int Sources = 3;

    // A line a step: what came, and what it mostly goes back to.
    internal static void Write<T>(TextWriter output, Continuation<T> continuation, string? file)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (prompt, pieces) = (continuation.Prompt, continuation.Pieces);
        output.WriteLine(
            $"{prompt.Name} ({prompt.Length} tokens) to {continuation.Model.Name}, "
                + $"{(continuation.Request.Given is null ? "which goes on" : "and what follows")}:");
        output.WriteLine($"  {ShownText.Line(Continued(continuation))}");
        output.WriteLine();
        var note = continuation.Request.Method.Caution(continuation.Request.Options, continuation.Model.Reads);
        output.WriteLine(
            $"What each step goes back to, by {continuation.MethodName}{(note is null ? "" : $" ({note})")}, strongest first:");
        var table = new TextTable(" ", "", "");
        for (var i = 0; i < continuation.Rows.Count; i++)
        {
            double[] row = [.. continuation.Row(i).ToArray().Select(double.CreateTruncating)];
            var strongest = Enumerable
                .Range(0, row.Length)
                .Where(c => row[c] != 0)
                .OrderByDescending(c => Math.Abs(row[c]))
                .ThenBy(c => c)
                .Take(Sources);
            var piece = pieces[continuation.Rows[i]];
            table.Add(
                $"{piece.First}",
                $"'{ShownText.Line(piece.Text)}'",
                string.Join(
                    "   ",
                    strongest.Select(c =>
                        $"{pieces[c].First} '{ShownText.Line(pieces[c].Text)}' {row[c].ToString("G3", CultureInfo.InvariantCulture)}")));
        }

        table.Write(output, "  ");
        if (file is not null)
        {
            output.WriteLine($"wrote {file}");
        }
    }

    /// <param name="continuation">What is shown.</param>
    /// <param name="isJoined">Whether rows and columns stand for more than tokens.</param>
    /// <param name="colors">Colours; null for the plot's own.</param>
    internal static MatrixPlot Plot<T>(Continuation<T> continuation, bool isJoined, ColorMap? colors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (rows, pieces) = (continuation.Rows, continuation.Pieces);
        return new(
            [.. continuation.Values.Select(float.CreateTruncating)],
            rows.Count,
            pieces.Count,
            "What each step of the continuation goes back to")
        {
            Subtitle = $"{continuation.Prompt.Name} · {continuation.Model.Name} · {continuation.MethodName}",
            RowTitle = isJoined ? "chosen" : "chosen token",
            ColumnTitle = "relevance of",
            TokenLabels = [.. pieces.Select(piece => ShownText.Label(isJoined ? piece.Text.Trim() : piece.Text))],
            FirstRow = rows[0],
            ColorMap = colors,
        };
    }

    private static string Continued<T>(Continuation<T> continuation)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (text, first) = (continuation.Text, continuation.First);
        return text.Text.Length == 0
            ? string.Join(',', text.Ids[first..])
            : text.Text[Math.Min(text.Text.Length, text.Tokens[first].Start)..];
    }
}
