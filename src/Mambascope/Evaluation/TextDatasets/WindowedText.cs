using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// A long text cut into windows of equal numbers of characters, spread evenly over it without overlap; asked is what comes after the last
/// token that ends within the window. Windows are of characters, so that models with different tokens read the same ones.
/// </summary>
public sealed class WindowedText : ITextDataset
{
    /// <summary>Characters of a window unless said otherwise.</summary>
    public const int StandardLength = 512;

    /// <summary>Number of windows unless said otherwise.</summary>
    public const int StandardCount = 100;

    // Enough for the token that follows the window.
    private const int LookAhead = 64;

    private readonly string text;
    private readonly int length;

    private WindowedText(string name, string text, int count, int length)
        => (Name, this.text, Count, this.length) = (name, text, count, length);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public bool HasAnswers => true;

    /// <inheritdoc/>
    public bool HasTruth => false;

    /// <inheritdoc/>
    public ExplainedClass Explained => ExplainedClass.Predicted;

    /// <summary>Reads a file.</summary>
    /// <param name="path">UTF-8 text.</param>
    /// <param name="count">Number of windows; null for <see cref="StandardCount"/>, or as many as there are.</param>
    /// <param name="length">Characters of a window, 2 or more.</param>
    /// <exception cref="BadInputException">Missing, or too short for that many windows.</exception>
    public static WindowedText Open(string path, int? count = null, int length = StandardLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        var content = JsonLines.Text(path);
        var most = (content.Length - 1) / length; // one character must follow the last window
        var wanted = count ?? Math.Min(most, StandardCount);
        return wanted >= 1 && wanted <= most
            ? new($"{path} ({wanted} windows of {length} characters)", content, wanted, length)
            : throw new BadInputException(
                $"{path} has {content.Length} characters, enough for {Math.Max(0, most)} windows of {length}; expected at least "
                    + $"{Math.Max(1, wanted)}: take fewer or shorter windows");
    }

    /// <inheritdoc/>
    public TextQuestion Read(int index, TokenReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var start = Whole((int)((long)IndexCheck.Within(index, Count) * (text.Length - 1) / Count));
        var end = Whole(Math.Min(start + length, text.Length - 1));
        var window = EncodedText.Of(reader, text[start..Whole(Math.Min(end + LookAhead, text.Length))], Name);
        var read = window.Before(end - start);
        if (read < 1 || read >= window.Tokens.Count)
        {
            throw new BadInputException($"{Name}: window {index} is no more than one token of {reader.Name}; take longer windows");
        }

        int[] places = [.. window.Places(end - start).Where(place => place < read - 1)];
        return new($"{start}", window.Ids[..read], places, window.Tokens[read].Id, Truth: null);
    }

    // Not between the halves of a character.
    private int Whole(int place) => place < text.Length && char.IsLowSurrogate(text[place]) ? place + 1 : place;
}
