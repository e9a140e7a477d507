namespace Mambascope.Inputs.Series;

/// <summary>One thing that is measured: a channel of a series, or a column of a table.</summary>
/// <param name="Name">What it is called.</param>
public sealed record SeriesVariable(string Name)
{
    /// <summary>The values of a column of words, in the order of their codes; null for a column of numbers and for every channel.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>What its numbers are in, such as "mV"; null where nothing is said.</summary>
    public string? Unit { get; init; }

    /// <summary>Numbers that stand for it: one, or one a category of which one is 1 and the others are 0.</summary>
    public int Width => Categories?.Count ?? 1;

    /// <summary>Its name with its unit, for axes.</summary>
    public string Title => Unit is null ? Name : $"{Name} ({Unit})";
}

/// <summary>What becomes a token.</summary>
public enum SeriesKind
{
    /// <summary>A time step of a series, or several in a row, with all channels.</summary>
    Steps,

    /// <summary>A column of a table.</summary>
    Features,
}

/// <summary>What the cases of a data set, or the inputs of a model, are made of.</summary>
/// <param name="Kind">Series or rows of a table.</param>
/// <param name="Variables">Channels of a series, or columns of a table.</param>
public sealed record SeriesFormat(SeriesKind Kind, IReadOnlyList<SeriesVariable> Variables)
{
    /// <summary>What time is counted in, such as "s"; null for steps.</summary>
    public string? TimeUnit { get; init; }

    /// <summary>Time from one step to the next, in <see cref="TimeUnit"/>; 1 where nothing is said.</summary>
    public double TimeStep { get; init; } = 1;

    /// <summary>Numbers a time step of a series, or of a whole row of a table.</summary>
    public int Values => Variables.Sum(variable => variable.Width);

    /// <summary>Where the numbers of each column of a table begin, and how many they are.</summary>
    public IReadOnlyList<(int First, int Count)> Spans()
    {
        var (spans, first) = (new List<(int, int)>(), 0);
        foreach (var variable in Variables)
        {
            spans.Add((first, variable.Width));
            first += variable.Width;
        }

        return spans;
    }
}
