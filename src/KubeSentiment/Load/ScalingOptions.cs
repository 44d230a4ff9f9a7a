using System.ComponentModel.DataAnnotations;
using KubeSentiment.Configuration;

namespace KubeSentiment.Load;

/// <summary>When a replica asks for more of its kind, and when for fewer; up wins where both hold. Change these together with the autoscaler's own rules.</summary>
[Settings("Scaling")]
internal sealed class ScalingOptions
{
    /// <summary>Up when more than this share of the CPU limit is used throughout <c>MLOPS_SCALE_UP_WINDOW</c>.</summary>
    [Setting("SCALE_UP_CPU"), Range(0.0, 1.0)]
    public double UpCpu { get; set; } = 0.7;

    /// <summary>Up when more than this share of the memory limit is used throughout <c>MLOPS_SCALE_UP_WINDOW</c>.</summary>
    [Setting("SCALE_UP_MEMORY"), Range(0.0, 1.0)]
    public double UpMemory { get; set; } = 0.8;

    /// <summary>How long CPU or memory must stay high. Raise it where short peaks are common.</summary>
    [Setting("SCALE_UP_WINDOW"), Duration(0, 86_400)]
    public TimeSpan UpWindow { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Up, at once, with more texts in hand than this.</summary>
    [Setting("SCALE_UP_ACTIVE"), Range(0, 100_000)]
    public int UpActive { get; set; } = 50;

    /// <summary>Up, at once, with a health score below this.</summary>
    [Setting("SCALE_UP_SCORE"), Range(0.0, 100.0)]
    public double UpScore { get; set; } = 30;

    /// <summary>Down when less than this share of the CPU limit is used throughout <c>MLOPS_SCALE_DOWN_WINDOW</c>, and all else below holds.</summary>
    [Setting("SCALE_DOWN_CPU"), Range(0.0, 1.0)]
    public double DownCpu { get; set; } = 0.4;

    /// <summary>Down when less than this share of the memory limit is used throughout <c>MLOPS_SCALE_DOWN_WINDOW</c>, and all else here holds.</summary>
    [Setting("SCALE_DOWN_MEMORY"), Range(0.0, 1.0)]
    public double DownMemory { get; set; } = 0.5;

    /// <summary>How long CPU and memory must stay low. Raise it where load comes in waves.</summary>
    [Setting("SCALE_DOWN_WINDOW"), Duration(0, 86_400)]
    public TimeSpan DownWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Down only with fewer texts in hand than this.</summary>
    [Setting("SCALE_DOWN_ACTIVE"), Range(0, 100_000)]
    public int DownActive { get; set; } = 10;

    /// <summary>Down only with a health score above this.</summary>
    [Setting("SCALE_DOWN_SCORE"), Range(0.0, 100.0)]
    public double DownScore { get; set; } = 90;
}
