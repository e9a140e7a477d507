using Mambascope.Application;

namespace Mambascope.Cli;

/// <summary>What was done to a picture before the model saw it, for people.</summary>
internal static class PreprocessingReport
{
    /// <summary>A line or two; nothing for a text.</summary>
    internal static void Write(TextWriter output, Subject subject)
    {
        if (subject is not PictureSubject picture)
        {
            return;
        }

        output.WriteLine(Words(picture));
        foreach (var note in picture.Notes)
        {
            output.WriteLine($"file: {note}");
        }
    }

    /// <summary>"preprocessing: 640x480 resized to 75x56 (bilinear), ...".</summary>
    internal static string Words(PictureSubject picture)
        => $"preprocessing: {picture.Input.Description?.Words ?? "none, pixel_values as given"}";
}
