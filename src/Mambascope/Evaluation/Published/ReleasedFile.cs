namespace Mambascope.Evaluation.Published;

/// <summary>A file (or folder) that the published tables were made from. None of them comes with this program.</summary>
/// <param name="Name">What it is called, and where it is looked for inside the folder of released files.</param>
/// <param name="Option">The option that names it elsewhere.</param>
/// <param name="Contents">What it is, with its size.</param>
/// <param name="Source">Where it is published.</param>
/// <param name="Preparation">What to do after the download, or null.</param>
public sealed record ReleasedFile(string Name, string Option, string Contents, string Source, string? Preparation)
{
    /// <summary>The weights of the Mamba column.</summary>
    public static ReleasedFile Vim { get; } =
        new(
            "vim_s_midclstok_80p5acc.pth",
            "--vim",
            "weights of Vim-S, 25.8 million parameters, 80.5 % top-1",
            "https://huggingface.co/hustvl/Vim-small-midclstok",
            "or: mambascope fetch hustvl/Vim-small-midclstok --file vim_s_midclstok_80p5acc.pth, which is found without moving it");

    /// <summary>The weights of the transformer column.</summary>
    public static ReleasedFile DeiT { get; } =
        new(
            "deit_small_patch16_224-cd65a155.pth",
            "--deit",
            "weights of DeiT-S, 22.1 million parameters, 79.9 % top-1, the plain one, not distilled",
            "https://dl.fbaipublicfiles.com/deit/deit_small_patch16_224-cd65a155.pth",
            null);

    /// <summary>The pictures of Table 1.</summary>
    public static ReleasedFile ImageNet { get; } =
        new(
            "imagenet-val",
            "--imagenet",
            "ImageNet's validation set (ILSVRC 2012), 50,000 pictures, as a folder with one folder for each of the 1,000 synsets: "
                + "n01440764/ILSVRC2012_val_00000293.JPEG and so on",
            "https://image-net.org/download.php (free registration; the file ILSVRC2012_img_val.tar)",
            "unpack it and sort the pictures into synset folders, as torchvision's ImageFolder expects them");

    /// <summary>The pictures and masks of Table 2.</summary>
    public static ReleasedFile Segmentation { get; } = new(
        "gtsegs_ijcv.mat", "--gtsegs", "ImageNet-Segmentation, 4,276 pictures with masks",
        "http://calvin-vision.net/bigstuff/proj-imagenet/data/gtsegs_ijcv.mat", null);

    /// <summary>Sentiment of sentences, of which MambaLRP's first line is.</summary>
    internal static ReleasedFile Sst2 { get; } = new(
        "dev.tsv", "--data", "SST-2 as GLUE has it: lines of sentence and label between tabs, 872 of them; other data sets as a .csv or "
            + ".jsonl with text and label, and --answers", "https://dl.fbaipublicfiles.com/glue/data/SST-2.zip", null);

    /// <summary>Questions of school science, of which the ACL paper's language table is.</summary>
    internal static ReleasedFile ArcEasy { get; } = new(
        "ARC-Easy-Test.jsonl", "--data", "ARC-Easy, 2,376 questions with answers to choose from", "https://allenai.org/data/arc", null);

    /// <summary>A language model to measure.</summary>
    internal static ReleasedFile LanguageModel { get; } = new(
        "mamba-130m-hf", "--model", "a language model with its tokenizer: a Mamba, or a Pythia for the transformer's lines",
        "https://huggingface.co/state-spaces/mamba-130m-hf", "or: mambascope fetch state-spaces/mamba-130m-hf");

    /// <summary>Parameters of a published model: other weights are not those of the tables.</summary>
    public static long ParametersOf(PublishedModel model) => model == PublishedModel.Mamba ? 25_796_584 : 22_050_664;
}
