using System.Text;
using KubeSentiment.Jobs;

namespace KubeSentiment.Tests.Jobs;

/// <summary>Jobs with numbered texts.</summary>
internal static class NewJobs
{
    public static NewJob Of(TimeProvider time, int texts, int chunkTexts = 1, JobPriority priority = JobPriority.Medium, int timeoutSeconds = 300)
    {
        using var packer = new TextPacker(chunkTexts, int.MaxValue, long.MaxValue, 10_000, new UploadBudget(long.MaxValue));
        for (var i = 0; i < texts; i++)
        {
            packer.Add(Encoding.UTF8.GetBytes($"text {i}")).ShouldBeNull();
        }

        var job = new Job(Guid.CreateVersion7(time.GetUtcNow()), priority, texts, chunkTexts, TimeSpan.FromSeconds(timeoutSeconds), time.GetUtcNow());
        return new NewJob(job, packer.Finish());
    }
}
