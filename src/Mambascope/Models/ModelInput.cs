namespace Mambascope.Models;

/// <summary>What a model reads.</summary>
public enum ModelInput
{
    /// <summary>Pictures: open it with <see cref="ImageClassifier"/>.</summary>
    Pictures,

    /// <summary>Text: open it with <see cref="TextModel"/>.</summary>
    Text,

    /// <summary>Time series and rows of tables: open it with <see cref="SeriesModel"/>.</summary>
    Series,
}

/// <summary>Finds out what a model reads without loading it.</summary>
public static class ModelInputs
{
    /// <summary>
    /// What the model reads, by its preset, its config.json or the names of its tensors; null where none of them is known here.
    /// </summary>
    /// <param name="model">As <see cref="ModelSpecification.Parse"/> takes it.</param>
    /// <exception cref="BadInputException">Nothing there, or damaged.</exception>
    public static ModelInput? Of(string model) => ModelFile.InputOf(model);
}
