namespace Mambascope.Inputs.Series;

/// <summary>How large files of measurements may be: what is beyond is no file that a model here was made for, or a damaged one.</summary>
internal static class SeriesLimits
{
    public const int FileBytes = 1 << 28;
    public const int Values = 1 << 26;
    public const int Cells = 1 << 24;
    public const int Channels = 1 << 12;
    public const int Categories = 64;

    /// <summary>Refuses more values than can be held.</summary>
    /// <exception cref="BadInputException">There are more.</exception>
    public static void Check(long values, string path)
    {
        if (values > Values)
        {
            throw new BadInputException($"{path} holds more than {Values:N0} values; split it into several files");
        }
    }
}
