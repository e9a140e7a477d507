namespace Mambascope.Cli.Evaluating;

/// <summary>The folder of an evaluation.</summary>
internal static class ResultFolder
{
    internal const string Results = "results.jsonl";

    /// <summary>Makes the folder where it is missing, and names its file of results.</summary>
    /// <exception cref="BadInputException">There is a file of that name, or the folder cannot be made.</exception>
    internal static string Prepare(string folder)
    {
        if (File.Exists(folder))
        {
            throw new BadInputException($"{folder} is a file; --out expects a folder");
        }

        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{folder} cannot be made: {error.Message}", error);
        }

        return Path.Combine(folder, Results);
    }

    /// <summary>The file of results: the one named, or the one in the folder named.</summary>
    internal static string FileIn(string path) => Directory.Exists(path) ? Path.Combine(path, Results) : path;
}
