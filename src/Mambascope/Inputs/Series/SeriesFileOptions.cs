namespace Mambascope.Inputs.Series;

/// <summary>How a table in a file is meant.</summary>
public enum SeriesLayout
{
    /// <summary>A row is a time step, its columns are channels; a column may say to which case it belongs.</summary>
    StepsInRows,

    /// <summary>A row is a series of one channel, its columns are time steps.</summary>
    SeriesInRows,

    /// <summary>A row is a case, its columns are features of it.</summary>
    CasesInRows,
}

/// <summary>What is said of a file by hand, or known from the model that is to read it.</summary>
public sealed record SeriesFileOptions
{
    /// <summary>
    /// Name of the column with the label; null for one that is called label, class or target. Without a header its number, from 0.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>
    /// Name of the column that says to which case a row belongs, or what it is called; null for one that is called id or case.
    /// </summary>
    public string? Case { get; init; }

    /// <summary>How the table is meant; null to go by its columns.</summary>
    public SeriesLayout? Layout { get; init; }

    /// <summary>What the cases must be made of; null to find out from the file.</summary>
    public SeriesFormat? Format { get; init; }
}
