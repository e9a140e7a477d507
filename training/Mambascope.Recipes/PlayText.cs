namespace Mambascope.Recipes;

/// <summary>
/// The bytes of Shakespeare's plays in Data/tinyshakespeare.txt (public domain): the first nine tenths to train on, the rest held out.
/// </summary>
internal sealed class PlayText
{
    private const double TrainedShare = 0.9;

    private PlayText(byte[] bytes)
    {
        var cut = (int)(bytes.Length * TrainedShare);
        Train = bytes.AsMemory(0, cut);
        HeldOut = bytes.AsMemory(cut);
    }

    /// <summary>The file beside the program.</summary>
    public static string StandardFile => Path.Combine(AppContext.BaseDirectory, "Data", "tinyshakespeare.txt");

    /// <summary>What is trained on.</summary>
    public ReadOnlyMemory<byte> Train { get; }

    /// <summary>What is never trained on.</summary>
    public ReadOnlyMemory<byte> HeldOut { get; }

    /// <summary>Reads the text.</summary>
    /// <exception cref="BadInputException">
    /// There is no such file, or it is too short to be cut into windows of <paramref name="context"/> bytes.
    /// </exception>
    public static PlayText Load(string file, int context)
    {
        if (!File.Exists(file))
        {
            throw new BadInputException($"{file}: no such file; expected the text to train on");
        }

        var text = new PlayText(File.ReadAllBytes(file));
        return text.HeldOut.Length > context
            ? text
            : throw new BadInputException(
                $"{file}: a tenth of it is {text.HeldOut.Length} bytes, expected more than the {context} bytes of a window");
    }
}
